import type { TargetResult } from "../verdict.ts";
import { type ConditionDifference, type FigureName, figureNames } from "./comparison.ts";
import type { ComparableRun } from "./run-figures.ts";

/** A run against one target. */
export interface TargetRun {
  run: ComparableRun;
  target: TargetResult;
}

interface Condition {
  what: string;
  affects: readonly FigureName[];
  text: (run: TargetRun) => string;
}

const cpu: readonly FigureName[] = ["cpuSecondsPerSecond", "cpuP95Cores", "cpuP99Cores"];
const mebibyte = 1024 ** 2;

/** What has to be the same for a figure to mean the same. What affects nothing is only said. */
const conditions: readonly Condition[] = [
  { what: "stack", affects: [], text: ({ run }) => run.record.stackName },
  {
    what: "machine",
    affects: [...cpu, "startupSeconds"],
    text: ({ run: { result } }) =>
      `${result.host.hostName}, ${result.host.cpus} CPUs, ${Math.round(result.host.memoryBytes / mebibyte)} MiB`,
  },
  {
    what: "kernel",
    affects: [],
    text: ({ run: { result } }) => `${result.host.kernel}, cgroup v${result.host.cgroupVersion}`,
  },
  { what: "engine", affects: ["startupSeconds"], text: ({ run }) => run.result.host.engine },
  { what: "envelope", affects: figureNames, text: ({ target }) => target.envelope.mode },
  {
    what: "memory limit",
    affects: ["memoryPeakBytes"],
    text: ({ target: { envelope } }) =>
      envelope.limits.memoryBytes === null ? "none" : `${Math.round(envelope.limits.memoryBytes / mebibyte)} MiB`,
  },
  {
    what: "CPU limit",
    affects: [...cpu, "startupSeconds"],
    text: ({ target: { envelope } }) =>
      envelope.limits.cpuQuotaCores === null
        ? "none"
        : `${envelope.limits.cpuQuotaCores.toFixed(2)} host cores on CPUs ${envelope.limits.cpuset ?? "of any number"}`,
  },
  {
    what: "speed ratio",
    affects: ["cpuP95Cores", "cpuP99Cores"],
    text: ({ target }) => target.envelope.speedRatio?.toFixed(2) ?? "unknown",
  },
  // The longer one looks, the higher a peak one sees.
  { what: "duration", affects: ["memoryPeakBytes"], text: ({ run }) => seconds(run.record.request.durationMs) },
  { what: "warm-up", affects: cpu, text: ({ run }) => seconds(run.record.request.warmUpMs) },
  {
    what: "stand-ins",
    affects: [],
    text: ({ run: { result } }) =>
      result.substitutions.map(({ service, what }) => `${service ?? "all"}: ${what}`).join("; ") || "none",
  },
  { what: "killed for want of memory", affects: ["memoryPeakBytes"], text: ({ target }) => killed(target) },
];

function seconds(ms: number): string {
  return `${ms / 1000} s`;
}

function killed({ stack }: TargetResult): string {
  return (stack.oomKills ?? 0) > 0 ? "yes" : "no";
}

/** What was not the same in all runs of both sides, in the words of each side. */
export function conditionDifferences(a: readonly TargetRun[], b: readonly TargetRun[]): ConditionDifference[] {
  return conditions.flatMap(({ what, affects, text }) => {
    const [ofA, ofB] = [new Set(a.map(text)), new Set(b.map(text))];
    if (new Set([...ofA, ...ofB]).size <= 1) return [];
    return [{ what, a: [...ofA].join(" or "), b: [...ofB].join(" or "), affects: [...affects] }];
  });
}
