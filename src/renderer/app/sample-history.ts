import type { ContainerSample, DeviceSample } from "../../shared/domain/index.ts";

/** The recent past of one device in columns, as the charts want it, with the newest sample whole. */
export interface DeviceHistory {
  atMs: readonly number[];
  memoryUsedBytes: readonly number[];
  cpuCoresUsed: readonly (number | null)[];
  latest: DeviceSample;
  containers: ReadonlyMap<string, ContainerSample>;
}

/** How much of the past is kept: 15 minutes at one sample a second, of the last one up to six a second. */
export const historyLength = 1_200;

/** Before this the past is thinned to one sample a second, however often the device was read. */
const fineMs = 60_000;

/** Which of the samples stay: the newest, all of the last minute, and before it the first of each second. */
function kept(atMs: readonly number[]): number[] {
  const fineFromMs = (atMs.at(-1) ?? 0) - fineMs;
  const indexes: number[] = [];
  let second = Number.NaN;
  for (const [index, at] of atMs.entries()) {
    const own = Math.floor(at / 1000);
    if (at >= fineFromMs || own !== second) indexes.push(index);
    second = own;
  }
  return indexes.slice(-historyLength);
}

function appended<T>(past: readonly T[] | undefined, values: T[]): T[] {
  return [...(past ?? []), ...values];
}

/** The history with newer samples of the same device; those that are not newer than the last one are left out. */
export function withSamples(
  history: DeviceHistory | undefined,
  samples: readonly DeviceSample[],
): DeviceHistory | undefined {
  let lastMs = history?.atMs.at(-1) ?? Number.NEGATIVE_INFINITY;
  const newer: DeviceSample[] = [];
  for (const sample of [...samples].sort((a, b) => a.atMs - b.atMs)) {
    if (sample.atMs <= lastMs) continue;
    lastMs = sample.atMs;
    newer.push(sample);
  }
  const latest = newer.at(-1);
  if (latest === undefined) return history;
  const atMs = appended(
    history?.atMs,
    newer.map((sample) => sample.atMs),
  );
  const memory = appended(
    history?.memoryUsedBytes,
    newer.map((sample) => sample.memoryUsedBytes),
  );
  const cpu = appended(
    history?.cpuCoresUsed,
    newer.map((sample) => sample.cpuCoresUsed),
  );
  const indexes = kept(atMs);
  return {
    atMs: indexes.map((index) => atMs[index] ?? 0),
    memoryUsedBytes: indexes.map((index) => memory[index] ?? 0),
    cpuCoresUsed: indexes.map((index) => cpu[index] ?? null),
    latest,
    containers: new Map(latest.containers.map((container) => [container.containerId, container])),
  };
}

/** Histories by device after a batch. */
export function withBatch(
  histories: Readonly<Record<string, DeviceHistory>>,
  samples: readonly DeviceSample[],
): Record<string, DeviceHistory> {
  const next = { ...histories };
  const byDevice = new Map<string, DeviceSample[]>();
  for (const sample of samples) byDevice.set(sample.deviceId, [...(byDevice.get(sample.deviceId) ?? []), sample]);
  for (const [deviceId, own] of byDevice) {
    const history = withSamples(next[deviceId], own);
    if (history !== undefined) next[deviceId] = history;
  }
  return next;
}
