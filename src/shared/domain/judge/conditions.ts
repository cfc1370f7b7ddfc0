import type { Axis, Rules } from "../verdict.ts";
import type { TargetObservation } from "./observation.ts";
import { percent } from "./words.ts";

/** Seconds of steady running, 0 when it was never reached. */
export function steadySeconds(seen: TargetObservation): number {
  const { steadyFromMs, steadyToMs } = seen.times;
  return steadyFromMs === null || steadyToMs === null ? 0 : Math.max(0, steadyToMs - steadyFromMs) / 1000;
}

/**
 * Why nothing about this run may be called a fit, on any axis: null when nothing stands in the way. A crashed, broken
 * or idle stack is small, and must not fit by being small.
 */
export function whyNotMeasurable(seen: TargetObservation, rules: Rules): string | null {
  if (seen.foreignPlatform !== null) {
    return `The images are ${seen.foreignPlatform}, which this machine only emulates: neither memory nor time would mean anything.`;
  }
  if (seen.failedInside !== null) {
    if (seen.withoutEnvelope?.healthy === false) {
      return `The stack is broken here, whatever the device: ${seen.withoutEnvelope.text} Also without the envelope.`;
    }
    return seen.failedInside;
  }
  const seconds = steadySeconds(seen);
  if (seconds < rules.minSteadySeconds) {
    return `Only ${Math.floor(seconds)} s were steady; ${rules.minSteadySeconds} s are needed.`;
  }
  return whyDown(seen, rules);
}

function whyDown(seen: TargetObservation, rules: Rules): string | null {
  const down = seen.services
    .filter((service) => service.longRunning && service.downShare > rules.downShareMax)
    .sort((a, b) => b.downShare - a.downShare)[0];
  if (down !== undefined) {
    return `${down.name} was down for ${percent(down.downShare)} of the steady time: a stack that does not run proves nothing.`;
  }
  if (seen.services.length > 0 && seen.services.every((service) => service.downShare > rules.downShareMax)) {
    return "Every service had ended: nothing was running in the steady time.";
  }
  return null;
}

/** An axis without an answer. */
export function unknownAxis(unit: Axis["unit"], reason: string, known: Partial<Axis> = {}): Axis {
  return { value: null, low: null, high: null, limit: null, evidence: [], ...known, verdict: "unknown", unit, reason };
}
