import { AppError, type LogLine, type LogMark, logMarkSchema } from "../../../shared/domain/index.ts";
import type { PlacedLine, StoredLine } from "../../store/index.ts";

/** The letters of the two outputs, for a search that is to find no marks. */
export const outputKinds = "oe";
const markKind = "m";

/** A line as it is kept; its container is known by its place. */
export function encodeLine(line: LogLine): StoredLine {
  return { atMs: line.atMs, kind: line.stream === "stderr" ? "e" : "o", text: line.text };
}

/**
 * A mark between lines. JSON has no newline of its own. Its time is of this machine's clock and the lines' of the
 * device's: so it is kept under `orderMs`, the time of the line that it stands behind.
 */
export function encodeMark(mark: LogMark, orderMs: number): StoredLine {
  return { atMs: orderMs, kind: markKind, text: JSON.stringify(mark) };
}

export function isMark(line: StoredLine): boolean {
  return line.kind === markKind;
}

export function decodeMark(line: PlacedLine): LogMark {
  const parsed = logMarkSchema.safeParse(JSON.parse(line.text));
  if (parsed.success) return parsed.data;
  throw new AppError("internal", "The kept log is damaged.", { cause: parsed.error });
}

export function decodeLine({ atMs, kind, text }: StoredLine, containerId: string): LogLine {
  return { atMs, containerId, stream: kind === "e" ? "stderr" : "stdout", text };
}
