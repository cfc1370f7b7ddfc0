import { plainText } from "../log-text.ts";
import type { RunLogLine } from "../run-log.ts";
import { type Axis, type AxisName, axisNames } from "../verdict.ts";
import type { TargetObservation } from "./observation.ts";

type Evidence = Axis["evidence"][number];

/** What was printed so long before a moment belongs to it. */
export const beforeMs = 2_000;
/** A line may be stamped a little after what it is about. */
export const afterMs = 250;
/** About a longer span its lines say nothing. */
const longestSpanMs = 60_000;
const mostLines = 8;
const mostExits = 3;
const longestText = 200;

/** Gives each axis' evidence the lines around it, and an axis that a service's end left without an answer that end. */
export function withLines(
  axes: Partial<Record<AxisName, Axis>>,
  seen: TargetObservation,
): Partial<Record<AxisName, Axis>> {
  const exits = exitEvidence(seen);
  const told: Partial<Record<AxisName, Axis>> = {};
  for (const [name, axis] of axisNames.flatMap((name) => entryOf(name, axes))) {
    const isAboutExits = axis.verdict === "unknown" || (name === "startup" && axis.verdict === "does-not-fit");
    const evidence = isAboutExits && seen.foreignPlatform === null ? [...exits, ...axis.evidence] : axis.evidence;
    told[name] = { ...axis, evidence: evidence.map((one) => ({ ...one, lines: linesOf(one, seen.logs) })) };
  }
  return told;
}

function exitEvidence({ exits, failedInside, services }: TargetObservation): Evidence[] {
  if (failedInside === null && services.every((service) => service.downShare === 0)) return [];
  return exits.slice(0, mostExits).map(({ atMs, service, exitCode }) => ({
    atMs,
    untilMs: null,
    text: `${service} ended with exit code ${exitCode ?? "unknown"}`,
    lines: [],
  }));
}

function linesOf({ atMs, untilMs, lines }: Evidence, logs: readonly RunLogLine[]): RunLogLine[] {
  const toMs = (untilMs ?? atMs) + afterMs;
  if (lines.length > 0 || toMs - atMs > longestSpanMs) return lines;
  return logs
    .filter((line) => line.atMs >= atMs - beforeMs && line.atMs <= toMs)
    .slice(-mostLines)
    .map(({ atMs: at, service, stream, text }) => ({ atMs: at, service, stream, text: plain(text) }));
}

/** A service may print anything: no colour, no escape and no long text goes into a result. */
function plain(text: string): string {
  const bare = plainText(text);
  return bare.length > longestText ? `${bare.slice(0, longestText)} …` : bare;
}

function entryOf(name: AxisName, axes: Partial<Record<AxisName, Axis>>): [AxisName, Axis][] {
  const axis = axes[name];
  return axis === undefined ? [] : [[name, axis]];
}
