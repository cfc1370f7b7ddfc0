import type { LogRow } from "../../../shared/domain/index.ts";
import { logFileLine } from "./log-file-line.ts";

/** Rows that are asked for at once, and how much text becomes a part of the file, which the browser keeps on disk. */
const rowsAtOnce = 5_000;
const partLength = 4_000_000;

interface SaveLog {
  rows: (from: number, count: number) => Promise<LogRow[]>;
  from: number;
  end: number;
  nameOf: (containerId: string) => string;
  /** How much is done, from 0 to 1. */
  onProgress: (share: number) => void;
}

/** Reads all these rows into a file. Null when the signal has ended it. Throws what asking for rows throws. */
export async function logFile(
  { rows, from, end, nameOf, onProgress }: SaveLog,
  signal: AbortSignal,
): Promise<Blob | null> {
  const parts: Blob[] = [];
  let text: string[] = [];
  let length = 0;
  const close = (): void => {
    parts.push(new Blob(text));
    text = [];
    length = 0;
  };
  const ask = (at: number) => (at < end ? rows(at, Math.min(rowsAtOnce, end - at)) : Promise.resolve([]));
  let coming = ask(from);
  for (let next = from; next < end; ) {
    const some = await coming;
    if (signal.aborted) return null;
    const last = some.at(-1);
    // What was let go of since is not there any more.
    if (last === undefined) break;
    next = last.row + 1;
    // The host reads on while these are written down.
    coming = ask(next);
    for (const row of some) {
      const line = `${logFileLine(row, nameOf)}\n`;
      text.push(line);
      length += line.length;
    }
    if (length > partLength) close();
    onProgress((next - from) / (end - from));
  }
  close();
  return new Blob(parts, { type: "text/plain;charset=utf-8" });
}
