import {
  AppError,
  type LogLine,
  type LogMark,
  logMarkSchema,
  type PlacedLogLine,
} from "../../../shared/domain/index.ts";
import type { PlacedLine, StoredLine } from "../../store/index.ts";

/** The letters of the two outputs, for a search that is to find no marks. */
export const outputKinds = "oe";
const markKind = "m";

/** A line as it is kept; its container is known by its place. */
export function encodeLine(line: LogLine): StoredLine {
  return { atMs: line.atMs, kind: line.stream === "stderr" ? "e" : "o", text: line.text };
}

/** A mark between lines. JSON has no newline of its own. */
export function encodeMark(mark: LogMark): StoredLine {
  return { atMs: mark.atMs, kind: markKind, text: JSON.stringify(mark) };
}

export function isMark(line: StoredLine): boolean {
  return line.kind === markKind;
}

export function decodeMark(line: PlacedLine): LogMark {
  const parsed = logMarkSchema.safeParse(JSON.parse(line.text));
  if (parsed.success) return parsed.data;
  throw new AppError("internal", "The kept log is damaged.", { cause: parsed.error });
}

export function decodeLine(line: PlacedLine, containerId: string): PlacedLogLine {
  const { atMs, kind, text } = line;
  return { line: line.line, atMs, containerId, stream: kind === "e" ? "stderr" : "stdout", text };
}
