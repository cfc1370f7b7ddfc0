import type { Axis, Rules } from "../verdict.ts";
import { steadySeconds, unknownAxis, whyNotMeasurable } from "./conditions.ts";
import type { TargetObservation } from "./observation.ts";
import { size } from "./words.ts";

const daySeconds = 86_400;
const yearDays = 365;
/**
 * A card of 32 GB made for endurance is rated for 2,500 hours of video at 26 Mbit/s (SanDisk High Endurance, by its capacity of its 10,000
 * hours at 128 GB): 29 TB in large pieces. A stack writes small ones, for which a card rewrites more than is asked for: ten times, taken here.
 */
const cardBytes = (2_500 * 3_600 * 26e6) / 8;
const smallWrites = 10;
const mostYears = 50;

/** Why the wear of a card is not shown; null when it is. */
export function whyNoWear(seen: TargetObservation, rules: Rules): string | null {
  if (seen.writes === null) return seen.stack.notMeasured.writes ?? "It was not measured.";
  return whyNotMeasurable(seen, rules);
}

/** What the stack and its logs write a day, and how long a typical card lasts. Shown, never judged: it always fits. */
export function showWear(seen: TargetObservation, rules: Rules): Axis | null {
  if (whyNoWear(seen, rules) !== null || seen.writes === null) return null;
  const { steadyBytes, missing } = seen.writes;
  const perDay = ((steadyBytes + logBytes(seen)) / steadySeconds(seen)) * daySeconds;
  const years = cardBytes / smallWrites / perDay / yearDays;
  const card = "a card of 32 GB that takes 29 TB in large pieces, a tenth of it in small ones";
  const lasts = years > mostYears ? `more than ${mostYears} years` : `about ${yearsText(years)}`;
  const unit = "bytesPerDay";
  return {
    ...unknownAxis(unit, `${size(perDay)} a day, ${lasts} of ${card}.${missing === null ? "" : ` ${missing}`}`, {
      value: perDay,
      low: perDay,
      high: perDay,
    }),
    verdict: "fits",
  };
}

/** What the engine itself writes for the stack. */
function logBytes({ storage }: TargetObservation): number {
  const kept = storage?.logs.filter(({ capBytes }) => capBytes !== 0) ?? [];
  return kept.reduce((total, { steadyBytes }) => total + (steadyBytes ?? 0), 0);
}

function yearsText(years: number): string {
  if (years >= 1.5) return `${Math.round(years)} years`;
  const days = Math.max(1, Math.round(years * yearDays));
  return days === 1 ? "1 day" : `${days} days`;
}
