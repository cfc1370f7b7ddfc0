import type { Axis, Rules, StorageResult } from "../verdict.ts";
import { steadySeconds, unknownAxis, whyNotMeasurable } from "./conditions.ts";
import type { TargetObservation } from "./observation.ts";
import { size } from "./words.ts";

const daySeconds = 86_400;

/** What the stack takes on the disk, by what it is; null when it was not measured. */
export function storageOf(seen: TargetObservation): StorageResult | null {
  const { storage } = seen;
  const seconds = steadySeconds(seen);
  if (storage === null || seconds === 0) return null;
  const { imagesBytes, volumes, writable, logs } = storage;
  const unlimited = logs.filter(({ capBytes }) => capBytes === null);
  const logBytes = sum(logs, ({ capBytes, bytes }) => capBytes ?? bytes ?? 0);
  const perDay = (bytes: number) => (Math.max(0, bytes) / seconds) * daySeconds;
  const unlimitedLogBytesPerDay = perDay(sum(unlimited, ({ steadyBytes }) => steadyBytes ?? 0));
  const grown = volumes.toBytes - volumes.fromBytes + (writable.toBytes - writable.fromBytes);
  return {
    imagesBytes,
    volumesBytes: volumes.toBytes,
    writableBytes: writable.toBytes,
    logBytes,
    totalBytes: imagesBytes + volumes.toBytes + writable.toBytes + logBytes,
    growthBytesPerDay: perDay(grown) + unlimitedLogBytesPerDay,
    unlimitedLogs: unlimited.map(({ service }) => service),
    unlimitedLogBytesPerDay,
    notCounted: storage.binds,
  };
}

/** Why storage is not judged; null when it is. */
export function whyNoStorage(seen: TargetObservation, rules: Rules): string | null {
  const storage = storageOf(seen);
  if (storage === null) return seen.stack.notMeasured.storage ?? "It was not measured.";
  const limit = seen.budget.storageBytes;
  if (limit === null) return `How much ${seen.budget.name} has is not known; ${partsOf(storage)}.`;
  return storage.totalBytes > limit ? null : whyNotMeasurable(seen, rules);
}

/**
 * Judges what the stack takes: unpacked images, volumes, what else it wrote, and as much log as its rotation keeps. What it would grow to
 * in `growthDays` is the pessimistic edge, once the run was long enough for a slope, and never says "does not fit".
 */
export function judgeStorage(seen: TargetObservation, rules: Rules): Axis | null {
  const storage = storageOf(seen);
  const limit = seen.budget.storageBytes;
  if (whyNoStorage(seen, rules) !== null || storage === null || limit === null) return null;
  const value = storage.totalBytes;
  const hasSlope = steadySeconds(seen) >= rules.growthSeconds;
  const high = value + (hasSlope ? storage.growthBytesPerDay * rules.growthDays : 0);
  const { steadyFromMs, steadyToMs } = seen.times;
  const grown = `volumes and containers grew by ${size(grownBytes(seen))}`;
  const known: Partial<Axis> = {
    value,
    low: value - storage.logBytes,
    high,
    limit,
    evidence: [{ atMs: steadyFromMs ?? 0, untilMs: steadyToMs, text: grown, lines: [] }],
  };
  const answer = (verdict: Axis["verdict"], reason: string): Axis => ({
    ...unknownAxis("bytes", `${reason}${noteOf(storage)}`, known),
    verdict,
  });
  const takes = `It takes ${size(value)} of ${size(limit)}: ${partsOf(storage)}`;
  if (value > limit) return answer("does-not-fit", `${takes}.`);
  if (value > rules.storageShare * limit) return answer("tight", `${takes}.`);
  if (high > limit) return answer("tight", `${takes}, and at this pace ${size(high)} in ${rules.growthDays} days.`);
  return answer("fits", `${takes}.`);
}

function partsOf({ imagesBytes, volumesBytes, writableBytes, logBytes }: StorageResult): string {
  const more = [
    { name: "volumes", bytes: volumesBytes },
    { name: "containers", bytes: writableBytes },
    { name: "logs", bytes: logBytes },
  ].flatMap(({ name, bytes }) => (bytes > 0 ? [`${name} ${size(bytes)}`] : []));
  return [`images ${size(imagesBytes)}`, ...more].join(", ");
}

function noteOf({ unlimitedLogs, unlimitedLogBytesPerDay, notCounted }: StorageResult): string {
  const logs =
    unlimitedLogs.length === 0 || unlimitedLogBytesPerDay === 0
      ? ""
      : ` The logs of ${unlimitedLogs.join(", ")} have no \`max-size\` and grow by ${size(unlimitedLogBytesPerDay)} a day.`;
  return notCounted.length === 0 ? logs : `${logs} Not counted: ${notCounted.join(", ")}.`;
}

function grownBytes({ storage }: TargetObservation): number {
  if (storage === null) return 0;
  const { volumes, writable } = storage;
  return Math.max(0, volumes.toBytes - volumes.fromBytes + writable.toBytes - writable.fromBytes);
}

function sum<T>(values: readonly T[], of: (value: T) => number): number {
  return values.reduce((total, value) => total + of(value), 0);
}
