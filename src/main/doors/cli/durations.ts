import { AppError } from "../../../shared/domain/index.ts";

const factors: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, min: 60_000, h: 3_600_000 };

/** Reads `30s`, `2m`, `500ms`, `90` (seconds) as milliseconds. Throws `bad-input`. */
export function parseDuration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|min|h)?$/.exec(text.trim());
  const factor = factors[match?.[2] ?? "s"];
  if (match?.[1] === undefined || factor === undefined) {
    throw new AppError("bad-input", `${JSON.stringify(text)} is not a duration.`, {
      hint: "Write for example 30s, 2m or 500ms.",
    });
  }
  return Number(match[1]) * factor;
}
