import type { LoadResult, LoadSeen } from "../load.ts";
import type { Rules } from "../verdict.ts";
import type { TargetObservation } from "./observation.ts";

/** What became of each load that a run was to make. */
export function judgeLoads(seen: TargetObservation, rules: Rules): LoadResult[] {
  return seen.loads.map((load) => judgeLoad(load, rules));
}

/** Why the stack was not under the load that was asked for; null when it was, or none was asked for. */
export function whyLoadNotMade(seen: TargetObservation, rules: Rules): string | null {
  const missed = judgeLoads(seen, rules).filter(({ made }) => !made);
  if (missed[0] === undefined) return null;
  const more = missed.length === 1 ? "" : ` (and ${missed.length - 1} more)`;
  return `The load was not made: ${missed[0].text.replace(/\.$/, "")}${more}.`;
}

function judgeLoad(load: LoadSeen, rules: Rules): LoadResult {
  const { askedPerSecond: asked, answered, seconds } = load;
  const achievedPerSecond = asked === null || answered === null || seconds <= 0 ? null : answered / seconds;
  const { made, text } =
    asked === null ? judgeProgram(load) : judgeRate(load, asked, achievedPerSecond, rules.loadShareMin);
  return { ...load, achievedPerSecond, made, text };
}

function judgeRate({ kind, name, errors, problem }: LoadSeen, asked: number, achieved: number | null, least: number) {
  const what = kind === "mqtt" ? "messages" : "requests";
  const why = problem === null ? "" : ` (${problem})`;
  if (achieved === null) return { made: false, text: `${name}: nothing was measured${why}.` };
  if (achieved === 0) {
    const none = kind === "mqtt" ? "the broker took no message" : "no request was answered";
    return { made: false, text: `${name}: ${none}${why}.` };
  }
  const figures = `${name}: ${perSecond(achieved)} of ${perSecond(asked)} ${what} a second`;
  if (achieved < least * asked) return { made: false, text: `${figures}${why}.` };
  const failed = errors === null || errors === 0 ? "" : `, ${errors} failed${why}`;
  return { made: true, text: `${figures}${failed}.` };
}

function judgeProgram({ name, exitCode, endedAtMs, problem }: LoadSeen) {
  if (exitCode !== null && exitCode !== 0) return { made: false, text: `${name} ended with exit code ${exitCode}.` };
  if (problem !== null) return { made: false, text: `${name}: ${problem}.` };
  const text =
    endedAtMs === null ? `${name} ran until the end.` : `${name} ended at ${(endedAtMs / 1000).toFixed(1)} s.`;
  return { made: true, text };
}

/** Whole from 10 on, one digit below. */
function perSecond(value: number): string {
  return value >= 10 ? String(Math.round(value)) : String(Math.round(value * 10) / 10);
}
