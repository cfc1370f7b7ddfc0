const factors: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, min: 60_000, h: 3_600_000 };

/** Reads `30s`, `2m`, `500ms`, `1.5h`, `90` (seconds) as milliseconds; null for what is none. */
export function parseDurationMs(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|min|h)?$/.exec(text.trim());
  const factor = factors[match?.[2] ?? "s"];
  return match?.[1] === undefined || factor === undefined ? null : Number(match[1]) * factor;
}
