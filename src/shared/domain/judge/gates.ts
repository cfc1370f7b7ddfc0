import type { GateResult, Gates } from "../gates.ts";
import type { Axis, AxisName, TargetResult } from "../verdict.ts";
import { cores, mib, percent } from "./words.ts";

type Judged = Pick<TargetResult, "axes" | "stack" | "notJudged">;

/** How a judged target did at each gate that is asked for, in the order in which people ask. */
export function judgeGates(result: Judged, gates: Gates): GateResult[] {
  const { memoryHeadroom, cpuHeadroom, cpuP99Cores, growthBytesPerDay, startupSeconds } = gates;
  return [
    ...(memoryHeadroom === undefined ? [] : [headroom(result, "memory", memoryHeadroom)]),
    ...(cpuHeadroom === undefined ? [] : [headroom(result, "cpu", cpuHeadroom)]),
    ...(cpuP99Cores === undefined ? [] : [cpuP99(result, cpuP99Cores)]),
    ...(growthBytesPerDay === undefined ? [] : [growth(result, growthBytesPerDay)]),
    ...(startupSeconds === undefined ? [] : [startup(result, startupSeconds)]),
  ];
}

function headroom(result: Judged, axis: "memory" | "cpu", limit: number): GateResult {
  const name = axis === "memory" ? "memoryHeadroom" : "cpuHeadroom";
  const seen = known(result, axis);
  if (typeof seen === "string") return { name, passed: null, value: null, limit, text: seen };
  const { high, limit: budget } = seen;
  if (high === null || budget === null) return { name, passed: null, value: null, limit, text: seen.reason };
  const value = 1 - high / budget;
  const what = axis === "memory" ? "Memory" : "CPU";
  const passed = seen.verdict !== "does-not-fit" && value >= limit;
  return { name, passed, value, limit, text: `${what} keeps ${percent(value)} free, of at least ${percent(limit)}.` };
}

function cpuP99(result: Judged, limit: number): GateResult {
  const name = "cpuP99Cores";
  const seen = known(result, "cpu");
  const value = result.stack.deviceCpuCores?.p99 ?? null;
  if (typeof seen === "string") return { name, passed: null, value: null, limit, text: seen };
  if (value === null) return { name, passed: null, value, limit, text: seen.reason };
  const text = `CPU needs ${cores(value)} device cores (p99), of at most ${cores(limit)}.`;
  return { name, passed: value <= limit, value, limit, text };
}

/** It fails when memory grows faster for certain: a gate that fails by noise is soon switched off. */
function growth(result: Judged, limit: number): GateResult {
  const name = "growthBytesPerDay";
  const seen = known(result, "growth");
  if (typeof seen === "string") return { name, passed: null, value: null, limit, text: seen };
  const { value, low } = seen;
  if (value === null || low === null) return { name, passed: null, value, limit, text: seen.reason };
  const text = `Memory grows by ${mib(value)} MiB a day, at least ${mib(low)}, of at most ${mib(limit)}.`;
  return { name, passed: low <= limit, value, limit, text };
}

function startup(result: Judged, limit: number): GateResult {
  const name = "startupSeconds";
  const seen = known(result, "startup");
  if (typeof seen === "string") return { name, passed: null, value: null, limit, text: seen };
  const { value } = seen;
  if (value === null)
    return { name, passed: seen.verdict === "does-not-fit" ? false : null, value, limit, text: seen.reason };
  return {
    name,
    passed: value <= limit,
    value,
    limit,
    text: `Healthy after ${value.toFixed(1)} s, of at most ${limit} s.`,
  };
}

/** An axis that has an answer, or why it has none. */
function known({ axes, notJudged }: Judged, name: AxisName): Axis | string {
  const axis = axes[name];
  if (axis === undefined) return notJudged.find((one) => one.axis === name)?.reason ?? "It was not judged.";
  return axis.verdict === "unknown" ? axis.reason : axis;
}
