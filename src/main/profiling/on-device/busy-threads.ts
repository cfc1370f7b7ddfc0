import type { ContainerFacts } from "./run-facts.ts";

/** The busiest thread of the time between two readings of a device. */
export interface BusyThread {
  containerId: string;
  name: string;
  cores: number;
}

/** Finds the thread that was on a CPU for the longest, from one reading of all threads to the next. */
export class BusyThreads {
  #before: { atMs: number; cpuMs: Map<number, number> } | null = null;

  /** `atMs` of any steady clock. Null on the first reading and when nothing runs. */
  take(found: ReadonlyMap<string, Pick<ContainerFacts, "threads">>, atMs: number): BusyThread | null {
    const before = this.#before;
    const cpuMs = new Map<number, number>();
    let busiest: (BusyThread & { usedMs: number }) | null = null;
    for (const [containerId, { threads }] of found) {
      for (const [tid, thread] of threads) {
        cpuMs.set(tid, thread.cpuMs);
        // One that is new had no time yet: it began since the reading before.
        const usedMs = thread.cpuMs - (before?.cpuMs.get(tid) ?? 0);
        if (usedMs > (busiest?.usedMs ?? -1)) busiest = { containerId, name: thread.name, usedMs, cores: 0 };
      }
    }
    this.#before = { atMs, cpuMs };
    const elapsedMs = before === null ? 0 : atMs - before.atMs;
    if (busiest === null || elapsedMs <= 0) return null;
    const { containerId, name, usedMs } = busiest;
    return { containerId, name, cores: Math.max(0, usedMs) / elapsedMs };
  }

  forget(): void {
    this.#before = null;
  }
}
