const STEPS_MS = [1_000, 2_000, 4_000, 8_000, 15_000];
const JITTER = 0.2;

/** How long to wait before try number `failures` + 1: 1, 2, 4, 8, then 15 s, up to a fifth more at random, so that devices that fell together do not come together. */
export function backoffMs(failures: number, random: () => number = Math.random): number {
  const step = STEPS_MS[Math.min(Math.max(failures, 1), STEPS_MS.length) - 1] ?? 0;
  return Math.round(step * (1 + JITTER * random()));
}
