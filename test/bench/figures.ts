/** What the benchmarks read from their command line, and how they tell what they have found. */

/** A whole number behind `--name`. */
export function option(name: string, fallback: number): number {
  const at = process.argv.indexOf(`--${name}`);
  const value = at < 0 ? fallback : Number(process.argv[at + 1]);
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} takes a whole number.`);
  return value;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** One JSON object a line: what was measured, for whoever wants to know more than the goal. */
export function tell(bench: string, figures: Record<string, unknown>): void {
  process.stdout.write(`${JSON.stringify({ bench, ...figures })}\n`);
}

/**
 * Tells one goal and what was reached, as a line that scripts/bench.ts makes its table of. A goal that was missed, or that
 * nothing was measured for, makes this process end with 1.
 */
export function judge(
  bench: string,
  what: string,
  reached: number,
  goal: { atMost: number } | { atLeast: number },
): void {
  const met = "atMost" in goal ? reached <= goal.atMost : reached >= goal.atLeast;
  tell(bench, { what, reached: Number(reached.toPrecision(3)), ...goal, met });
  if (!met) process.exitCode = 1;
}
