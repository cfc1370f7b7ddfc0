import { AppError, parseDurationMs } from "../../../shared/domain/index.ts";

/** Reads `30s`, `2m`, `500ms`, `90` (seconds) as milliseconds. Throws `bad-input`. */
export function parseDuration(text: string): number {
  const ms = parseDurationMs(text);
  if (ms !== null) return ms;
  throw new AppError("bad-input", `${JSON.stringify(text)} is not a duration.`, {
    hint: "Write for example 30s, 2m or 500ms.",
  });
}
