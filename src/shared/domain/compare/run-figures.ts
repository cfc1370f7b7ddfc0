import { steadyWindows } from "../judge/cpu.ts";
import type { TargetObservation } from "../judge/observation.ts";
import type { RunRecord } from "../run.ts";
import type { CoreQuantiles, ProfileResult, TargetResult } from "../verdict.ts";
import type { FigureName } from "./comparison.ts";

/** A finished run with all that a comparison looks at. */
export interface ComparableRun {
  record: RunRecord;
  result: ProfileResult;
  /** In the order of the targets; runs of an older Bayplan have none. */
  observations: readonly TargetObservation[];
}

export type Figures = Record<FigureName, number | null>;

/** The figures of one run against one target. */
export interface RunFigures {
  stack: Figures;
  services: ReadonlyMap<string, Figures>;
}

/** The figures of a target; null where it was not measured. */
export function figuresOf(target: TargetResult, seen: TargetObservation | undefined): RunFigures {
  const { stack, services } = target;
  return {
    stack: {
      ...cpuFigures(stack.deviceCpuCores),
      memoryPeakBytes: stack.memoryPeakBytes,
      cpuSecondsPerSecond: seen === undefined ? null : meanCores(seen, null),
      startupSeconds: stack.startupSeconds,
    },
    services: new Map(
      Object.entries(services).map(([name, service]) => [
        name,
        {
          ...cpuFigures(service.deviceCpuCores),
          memoryPeakBytes: service.memoryPeakBytes,
          cpuSecondsPerSecond: seen === undefined ? null : meanCores(seen, name),
          // Only the whole stack has a start-up.
          startupSeconds: null,
        },
      ]),
    ),
  };
}

function cpuFigures(cores: CoreQuantiles | null) {
  return { cpuP95Cores: cores?.p95 ?? null, cpuP99Cores: cores?.p99 ?? null };
}

/** CPU seconds in a steady second; null without steady time, or when a window was not read. */
function meanCores(seen: TargetObservation, service: string | null): number | null {
  const windows = steadyWindows(seen);
  const used = windows.flatMap((window) => {
    const cores = service === null ? window.hostCores : (window.services[service]?.hostCores ?? null);
    return cores === null ? [] : [cores];
  });
  return used.length === 0 || used.length < windows.length
    ? null
    : used.reduce((sum, cores) => sum + cores, 0) / used.length;
}
