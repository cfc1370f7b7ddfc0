import type { RunSample } from "../../../shared/domain/index.ts";
import { shownServices } from "../../../shared/format/index.ts";
import type { Band } from "./area-chart.ts";

const windowMs = 1_000;

/** What the charts of a report show of one target: moments, and for each service memory in bytes and CPU in device cores. */
export interface RunBands {
  seconds: number[];
  memory: Band[];
  cpu: Band[];
}

/**
 * Folds the samples of one target into at most `atMost` moments, each the highest memory and the CPU time over its span, so that a
 * spike is not thinned away. `factor` turns cores of this machine into cores of the device; null: they are not known.
 */
export function runBands(
  samples: readonly RunSample[],
  target: number,
  services: readonly string[],
  { atMost, factor }: { atMost: number; factor: number | null },
): RunBands {
  const own = samples.filter((sample) => sample.target === target);
  const endMs = own.at(-1)?.atMs ?? 0;
  const stepMs = Math.max(windowMs, Math.ceil(endMs / atMost));
  const steps = Array.from({ length: Math.ceil((endMs + 1) / stepMs) }, (): RunSample[] => []);
  for (const sample of own) steps[Math.floor(sample.atMs / stepMs)]?.push(sample);
  const groups = shownServices(services);
  return {
    seconds: steps.map((_, index) => (index * stepMs) / 1000),
    memory: groups.map(({ name, members }) => ({ name, values: steps.map((step) => memoryOf(step, members)) })),
    cpu:
      factor === null
        ? []
        : groups.map(({ name, members }) => ({
            name,
            values: cpuOf(steps, members, stepMs).map((cores) => scale(cores, factor)),
          })),
  };
}

function memoryOf(step: readonly RunSample[], members: readonly string[]): number | null {
  let highest: number | null = null;
  for (const { services } of step) {
    const bytes = members.flatMap((name) => services[name]?.memoryBytes ?? []);
    if (bytes.length > 0)
      highest = Math.max(
        highest ?? 0,
        bytes.reduce((sum, value) => sum + value, 0),
      );
  }
  return highest;
}

/** Cores of this machine in each step: what the counter rose by since the step before. */
function cpuOf(
  steps: readonly (readonly RunSample[])[],
  members: readonly string[],
  stepMs: number,
): (number | null)[] {
  let before: number | null = null;
  return steps.map((step) => {
    const last = step.at(-1);
    const seconds = members.flatMap((name) => last?.services[name]?.cpuSeconds ?? []);
    if (seconds.length === 0) return null;
    const now = seconds.reduce((sum, value) => sum + value, 0);
    const cores = before === null ? null : Math.max(0, now - before) / (stepMs / 1000);
    before = now;
    return cores;
  });
}

function scale(cores: number | null, factor: number): number | null {
  return cores === null ? null : cores * factor;
}
