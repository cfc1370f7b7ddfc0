/** One service's part of a budget that all share. */
export interface ShareRequest {
  service: string;
  /** What it was seen to need at most. */
  peak: number;
  /** What it should get when there is enough. */
  wanted: number;
}

export interface SharedLimits {
  limits: { service: string; limit: number; shrunk: boolean }[];
  /** By how much the limits together exceed the budget although they were shrunk; 0 when they do not. */
  overcommit: number;
}

/** The least margin over a peak that a limit may be shrunk to. */
export const leastMargin = 1.1;

/**
 * Shares a budget among services: each gets what is wanted while that adds up to no more than the budget, else all
 * margins shrink by the same share, down to 1.1 x peak. `step` is what a shrunk limit is rounded up to.
 */
export function shareLimits(requests: readonly ShareRequest[], budget: number | null, step: number): SharedLimits {
  const wanted = requests.map(({ service, wanted: limit }) => ({ service, limit, shrunk: false }));
  if (budget === null || sumOf(wanted) <= budget) return { limits: wanted, overcommit: 0 };
  // Rounding up makes the sum a staircase, so the share is looked for instead of solved: 64 steps are exact enough.
  for (let steps = 63; steps >= 0; steps -= 1) {
    const limits = requests.map(({ service, peak, wanted: full }) => {
      const least = Math.min(full, leastMargin * peak);
      const limit = Math.min(full, roundUp(least + (steps / 64) * (full - least), step));
      return { service, limit, shrunk: limit < full };
    });
    if (sumOf(limits) <= budget || steps === 0) {
      return { limits, overcommit: Math.max(0, sumOf(limits) - budget) };
    }
  }
  return { limits: wanted, overcommit: 0 };
}

/** The next multiple of `step` that is not below the value; rounding errors of 1e-9 steps are forgiven. */
export function roundUp(value: number, step: number): number {
  return Math.ceil(value / step - 1e-9) * step;
}

function sumOf(limits: readonly { limit: number }[]): number {
  return limits.reduce((sum, { limit }) => sum + limit, 0);
}
