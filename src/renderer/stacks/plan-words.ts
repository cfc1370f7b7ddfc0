import type { RunPlan } from "../../shared/domain/index.ts";
import { bytesText } from "../../shared/format/bytes.ts";
import { ageText } from "../../shared/format/time.ts";

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** What a team asks of a run in `bayplan.yaml`, each as a person says it. */
export function gateTexts({ gates }: Pick<RunPlan, "gates">): string[] {
  const { memoryHeadroom, cpuHeadroom, cpuP99Cores, growthBytesPerDay, startupSeconds } = gates;
  return [
    ...(memoryHeadroom === undefined ? [] : [`${percent(memoryHeadroom)} of the memory free`]),
    ...(cpuHeadroom === undefined ? [] : [`${percent(cpuHeadroom)} of the CPU free`]),
    ...(cpuP99Cores === undefined ? [] : [`CPU p99 up to ${cpuP99Cores} cores`]),
    ...(growthBytesPerDay === undefined ? [] : [`growth up to ${bytesText(growthBytesPerDay)} a day`]),
    ...(startupSeconds === undefined ? [] : [`healthy in ${startupSeconds} s`]),
  ];
}

/** A time as a button says it: `30 s`, `2 min`. */
export function durationText(ms: number): string {
  return ms % 60_000 !== 0 && ms < 600_000 ? `${Number((ms / 1_000).toFixed(1))} s` : ageText(ms);
}

/** The usual times and the one that is chosen, ascending. */
export function durationOptions(usual: readonly number[], chosenMs: number): { value: string; label: string }[] {
  return [...new Set([...usual, chosenMs])]
    .sort((a, b) => a - b)
    .map((ms) => ({ value: String(ms), label: ms === 0 ? "none" : durationText(ms) }));
}
