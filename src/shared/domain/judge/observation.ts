import type { Budget } from "../budget.ts";
import type { Envelope } from "../verdict.ts";
import type { RunWindow } from "./windows.ts";

/** A process that the kernel killed for want of memory, and whose limit it was. */
export interface OomKill {
  atMs: number;
  service: string | null;
  /** `envelope`: the budget; `own-limit`: the service's own; `machine`: this machine itself was out of memory. */
  at: "envelope" | "own-limit" | "machine";
  /** The command name of the victim, null when only the count is known. */
  process: string | null;
}

/** What was seen of one service. Counters are final, read before its cgroup was removed. */
export interface ServiceObservation {
  name: string;
  limits: { memoryBytes: number | null; cpuCores: number | null };
  batch: boolean;
  /** False for a job that ends by itself with 0. */
  longRunning: boolean;
  restartPolicy: "no" | "always" | "on-failure" | "unless-stopped";
  containers: string[];
  restarts: number;
  memoryKernelPeakBytes: number | null;
  /** The kernel's highest peak between two readings less the cache beside it: what sampling alone would miss. */
  spikePeakBytes: number | null;
  cpuSeconds: number | null;
  throttledSeconds: number | null;
  oomKills: number | null;
  /** The share of steady time in which it was not running. */
  downShare: number;
  notMeasured: Record<string, string>;
}

/** How a stack that failed inside the envelope did without one. */
export interface RunWithoutEnvelope {
  healthy: boolean;
  /** One sentence: what happened. */
  text: string;
}

/** Everything that was seen of one target's run: what a verdict is made from, and nothing else. */
export interface TargetObservation {
  budget: Budget;
  envelope: Envelope;
  windows: readonly RunWindow[];
  services: readonly ServiceObservation[];
  stack: {
    memoryKernelPeakBytes: number | null;
    spikePeakBytes: number | null;
    cpuSeconds: number | null;
    throttledSeconds: number | null;
    swapPeakBytes: number | null;
    /** PSI `memory full` over steady time; null where the kernel does not tell. */
    memoryFullShare: number | null;
    notMeasured: Record<string, string>;
  };
  oomKills: readonly OomKill[];
  /** On the run's clock; null: never healthy. `startMs` is when the first container was started. */
  times: { startMs: number; healthyMs: number | null; steadyFromMs: number | null; steadyToMs: number | null };
  host: { cpus: number };
  /** Why the stack failed inside the envelope (exit, not healthy in time), null when it did not. */
  failedInside: string | null;
  withoutEnvelope: RunWithoutEnvelope | null;
  /** The image's platform when it is not this machine's: nothing about an emulated stack is judged. */
  foreignPlatform: string | null;
  loadGiven: boolean;
}
