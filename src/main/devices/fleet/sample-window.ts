import type { ContainerSample, DeviceSample } from "../../../shared/domain/index.ts";

/**
 * One sample for several that came since a slower reader's last one: the newest, with CPU as the mean over them, so that
 * what happened in between is not left out. They are evenly spaced, or nearly so.
 */
export function combined(samples: readonly DeviceSample[]): DeviceSample | null {
  const newest = samples.at(-1);
  if (newest === undefined || samples.length === 1) return newest ?? null;
  const cpuOf = new Map<string, number[]>();
  for (const { containers } of samples) {
    for (const { containerId, cpuCores } of containers) {
      if (cpuCores === null) continue;
      const known = cpuOf.get(containerId);
      if (known === undefined) cpuOf.set(containerId, [cpuCores]);
      else known.push(cpuCores);
    }
  }
  const containers = newest.containers.map(
    (one): ContainerSample => ({ ...one, cpuCores: mean(cpuOf.get(one.containerId) ?? []) }),
  );
  const used = samples.map((one) => one.cpuCoresUsed).filter((cores) => cores !== null);
  return { ...newest, cpuCoresUsed: mean(used), containers };
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** A reader's own pace: gathers samples that come faster, and gives one when it is due. */
export class SamplePace {
  readonly intervalMs: number;
  #gathered: DeviceSample[] = [];
  #dueAtMs = Number.NEGATIVE_INFINITY;

  constructor(intervalMs: number) {
    this.intervalMs = intervalMs;
  }

  /** Null while the reader's next sample is not due. `nowMs`: a clock that never jumps. */
  take(sample: DeviceSample, nowMs: number): DeviceSample | null {
    this.#gathered.push(sample);
    // A sample that comes a little early counts: none of an even pace is to be held back until the next one.
    if (nowMs < this.#dueAtMs - this.intervalMs / 10) return null;
    const isLate = nowMs - this.#dueAtMs > this.intervalMs;
    this.#dueAtMs = (isLate ? nowMs : this.#dueAtMs) + this.intervalMs;
    const one = combined(this.#gathered);
    this.#gathered = [];
    return one;
  }
}
