import type { Rules } from "../verdict.ts";
import type { TargetObservation } from "./observation.ts";
import type { RunWindow } from "./windows.ts";

/** CPU time of threads that had ended before they were read, up to which the wait of the others stands for all. */
const missedShareMax = 0.1;
const missedCoresMin = 0.01;

/**
 * True for a second in which the stack may have wanted more than it got. A scheduler gives a thread that wants to run any CPU that is
 * idle: a stack that left half of what was free unused was not held back, however busy the machine was.
 */
export function isHeldBack({ hostCores }: RunWindow, freeCores: number, rules: Rules): boolean {
  return hostCores === null || hostCores > rules.heldBackShare * freeCores;
}

/** True when it is known how long the stack's threads waited in a second: nearly all of its CPU time was theirs. */
export function knowsItsWait({ cpuWait, hostCores }: RunWindow): boolean {
  if (cpuWait === undefined || hostCores === null) return false;
  return cpuWait.missedCores <= Math.max(missedCoresMin, missedShareMax * hostCores);
}

/**
 * What the stack may have wanted at most: in each second in which a busy machine may have held it back, what its threads waited is
 * counted as if they had run. With less waiting a thread has no more work in a second than it was runnable in it; it only
 * gets through with it sooner (docs/decisions/0064). The same object when there is no such second.
 */
export function countWaits(seen: TargetObservation, rules: Rules): TargetObservation {
  const quota = seen.envelope.limits.cpuQuotaCores;
  if (quota === null) return seen;
  let isChanged = false;
  const windows = seen.windows.map((window) => {
    const freeCores = seen.host.cpus - (window.otherHostCores ?? 0);
    const { cpuWait, hostCores, busiestThread } = window;
    const isIt = freeCores < quota && isHeldBack(window, freeCores, rules) && knowsItsWait(window);
    if (!isIt || cpuWait === undefined || hostCores === null) return window;
    isChanged = true;
    const thread = busiestThread === null ? null : { ...busiestThread, hostCores: cpuWait.threadCores };
    return { ...window, hostCores: hostCores + cpuWait.waitedCores, busiestThread: thread };
  });
  return isChanged ? { ...seen, windows } : seen;
}
