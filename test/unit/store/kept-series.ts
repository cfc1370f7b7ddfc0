import type { RunStore } from "../../../src/main/store/index.ts";
import { type RunId, type RunRecord, runRecordSchema } from "../../../src/shared/domain/index.ts";
import { finishedRun } from "../profiling/report/finished-run.ts";
import { mebibyte, observation } from "../shared/judge/observations.ts";

export interface KeptSeries {
  /** A letter of its own for each series: it is part of the ids. */
  letter: string;
  /** The memory peak of each run of it, in MiB. */
  peaksMib: readonly number[];
  change?: Partial<RunRecord>;
  hostName?: string;
}

/** Puts a finished series into a store, as measuring would. */
export async function keepSeries(store: RunStore, { letter, peaksMib, change = {}, hostName = "here" }: KeptSeries) {
  const id = `s-20261127-100000-${letter}`;
  const runIds: RunId[] = [];
  for (const [index, peakMib] of peaksMib.entries()) {
    const seen = observation();
    const run = finishedRun([seen]);
    const record = runRecordSchema.parse({
      ...run.record,
      id: `20261127-10000${index}-${letter}`,
      series: { id, index: index + 1, of: peaksMib.length },
      startedAtMs: run.record.startedAtMs + index * 120_000,
      endedAtMs: run.record.startedAtMs + (index + 1) * 120_000,
      targets: run.result.targets.map(({ device, budget, verdict }) => ({
        label: device.label,
        name: device.name,
        memoryBytes: budget.memoryBytes,
        cpuCores: budget.cpuCores,
        deviceCoresPerHostCore: null,
        verdict,
      })),
      ...change,
    });
    const targets = run.result.targets.map((target) => ({
      ...target,
      stack: { ...target.stack, memoryPeakBytes: peakMib * mebibyte },
    }));
    const writer = await store.create(record);
    writer.samples(run.samples);
    writer.observation(seen);
    await writer.result({ ...run.result, runId: record.id, host: { ...run.result.host, hostName }, targets });
    await writer.record(record);
    await writer.close();
    runIds.push(record.id);
  }
  return { id, runIds };
}
