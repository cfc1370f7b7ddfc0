import type { Axis, Rules } from "../verdict.ts";
import { unknownAxis, whyNotMeasurable } from "./conditions.ts";
import type { TargetObservation } from "./observation.ts";

/** Seconds from the first container's start until every service was healthy; null when that never came. */
export function startupSeconds(seen: TargetObservation): number | null {
  const { startMs, healthyMs } = seen.times;
  return healthyMs === null ? null : (healthyMs - startMs) / 1000;
}

/** Judges the time to healthy, all services started at once. */
export function judgeStartup(seen: TargetObservation, rules: Rules): Axis {
  const value = startupSeconds(seen);
  const known: Partial<Axis> = { value, low: value, high: value, limit: rules.startupSeconds };
  if (seen.foreignPlatform !== null) {
    return unknownAxis("seconds", whyNotMeasurable(seen, rules) ?? "", known);
  }
  // One that got healthy and was killed later did start; one that got healthy and did not stay, but does without, did not.
  if (value !== null && (seen.failedInside === null || seen.withoutEnvelope === null)) {
    const text = `Healthy ${value.toFixed(1)} s after the start, of ${rules.startupSeconds} s.`;
    const verdict = value <= rules.startupSeconds ? "fits" : "tight";
    return { ...unknownAxis("seconds", text, known), verdict };
  }
  const inside = seen.failedInside ?? "It never became healthy.";
  if (seen.withoutEnvelope === null) return unknownAxis("seconds", inside, known);
  if (!seen.withoutEnvelope.healthy) {
    return unknownAxis("seconds", whyNotMeasurable(seen, rules) ?? inside, known);
  }
  return {
    ...unknownAxis(
      "seconds",
      `${inside} Without the envelope it became healthy: the device is too small for it.`,
      known,
    ),
    verdict: "does-not-fit",
  };
}
