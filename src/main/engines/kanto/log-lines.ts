import * as z from "zod";
import type { LogLine } from "../../../shared/domain/index.ts";
import { lineMaxBytes } from "../logs/line-assembler.ts";

/** One line of the json-file driver (containerm/logger/jsonfile): `log` is left out where the container printed an empty line. */
const entrySchema = z.object({
  stream: z.string().optional(),
  log: z.string().optional(),
  time: z.string(),
});

const newline = 10;

/** An entry longer than this is not read as JSON: a container may print a line without end. */
const entryMaxBytes = 1024 * 1024;

/**
 * Makes lines of a json-file log, however it is cut into chunks. What is no JSON (a device that lost its power in the
 * middle of a line leaves such) is shown as it stands, at the time of the line before it: nothing is hidden.
 */
export class KantoLogReader {
  readonly #containerId: string;
  #atMs: number;
  #parts: Buffer[] = [];
  #bytes = 0;

  /** `startMs` stands in for a time until one was read. */
  constructor(containerId: string, startMs: number) {
    this.#containerId = containerId;
    this.#atMs = startMs;
  }

  take(chunk: Buffer): LogLine[] {
    const lines: LogLine[] = [];
    let from = 0;
    for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, from)) {
      this.#keep(chunk.subarray(from, at));
      this.#emit(lines);
      from = at + 1;
    }
    this.#keep(chunk.subarray(from));
    if (this.#bytes > entryMaxBytes) this.#emit(lines);
    return lines;
  }

  /** What is left when the log has ended: a last line without a newline. */
  end(): LogLine[] {
    const lines: LogLine[] = [];
    this.#emit(lines);
    return lines;
  }

  #keep(part: Buffer): void {
    if (part.length === 0) return;
    this.#parts.push(part);
    this.#bytes += part.length;
  }

  #emit(lines: LogLine[]): void {
    if (this.#bytes === 0) return;
    const raw = Buffer.concat(this.#parts).toString("utf8");
    this.#parts = [];
    this.#bytes = 0;
    const entry = parseEntry(raw);
    const atMs = entry === null ? Number.NaN : Date.parse(entry.time);
    if (!Number.isNaN(atMs)) this.#atMs = atMs;
    const text = entry === null ? raw : (entry.log ?? "").replace(/\r?\n$/, "");
    for (const part of textParts(text)) {
      const stream = entry?.stream === "stderr" ? "stderr" : "stdout";
      lines.push({ atMs: this.#atMs, containerId: this.#containerId, stream, text: part });
    }
  }
}

function parseEntry(raw: string): z.infer<typeof entrySchema> | null {
  try {
    const parsed = entrySchema.safeParse(JSON.parse(raw));
    return parsed.success ? parsed.data : null;
  } catch {
    // Not JSON: the caller shows it as it is.
    return null;
  }
}

function textParts(text: string): string[] {
  if (text.length <= lineMaxBytes) return [text];
  const parts: string[] = [];
  for (let at = 0; at < text.length; at += lineMaxBytes) parts.push(text.slice(at, at + lineMaxBytes));
  return parts;
}
