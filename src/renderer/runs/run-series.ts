import type { RunSample } from "../../shared/domain/index.ts";

const windowMs = 1_000;

/**
 * CPU in cores over windows of a second from the cumulative seconds of the samples; null until a window is full and
 * where a counter was not read. `factor` turns cores of this machine into cores of the device.
 */
export function cpuOverWindows(
  samples: readonly RunSample[],
  cpuSecondsOf: (sample: RunSample) => number | null,
  factor: number,
): (number | null)[] {
  let from = 0;
  return samples.map((sample, index) => {
    while (from + 1 < index && (samples[from + 1]?.atMs ?? 0) <= sample.atMs - windowMs) from += 1;
    const first = samples[from];
    const now = cpuSecondsOf(sample);
    const before = first === undefined ? null : cpuSecondsOf(first);
    if (first === undefined || now === null || before === null || sample.atMs - first.atMs < windowMs) return null;
    return (Math.max(0, now - before) / ((sample.atMs - first.atMs) / 1000)) * factor;
  });
}

/** The busiest thread in device cores; it is measured once a second and holds until the next one. */
export function busiestThread(samples: readonly RunSample[], factor: number): (number | null)[] {
  let held: number | null = null;
  return samples.map((sample) => {
    if (sample.busiestThread !== null) held = sample.busiestThread.hostCores * factor;
    return held;
  });
}

/** Samples of one target of a run, thinned so that a chart of some hundred pixels has no more than it can show. */
export function samplesOfTarget(samples: readonly RunSample[], target: number, atMost: number): RunSample[] {
  const own = samples.filter((sample) => sample.target === target);
  const stride = Math.ceil(own.length / atMost);
  return stride <= 1 ? own : own.filter((_sample, index) => index % stride === 0 || index === own.length - 1);
}

/** Memory that counts of some services together at each sample; null where none of them was measured. */
export function memoryOf(samples: readonly RunSample[], members: readonly string[]): (number | null)[] {
  return samples.map((sample) => {
    let sum: number | null = null;
    for (const name of members) {
      const bytes = sample.services[name]?.memoryBytes ?? null;
      if (bytes !== null) sum = (sum ?? 0) + bytes;
    }
    return sum;
  });
}

/** The highest value and when it was reached; null when nothing was measured. */
export function peakOf(
  samples: readonly RunSample[],
  read: (sample: RunSample) => number | null,
): { value: number; atMs: number } | null {
  let peak: { value: number; atMs: number } | null = null;
  for (const sample of samples) {
    const value = read(sample);
    if (value !== null && (peak === null || value > peak.value)) peak = { value, atMs: sample.atMs };
  }
  return peak;
}
