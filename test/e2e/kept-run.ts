import { openRunStore } from "../../src/main/store/index.ts";
import {
  profileResultSchema,
  type RunEvent,
  type RunId,
  type RunLogEntry,
  type RunSample,
  runRecordSchema,
} from "../../src/shared/domain/index.ts";
import { finishedRun } from "../unit/profiling/report/finished-run.ts";
import { mebibyte, observation } from "../unit/shared/judge/observations.ts";

/** What a made run is like. Its first service spikes for one reading at `spikeMs` and is killed there. */
export interface MadeRun {
  services: number;
  seconds: number;
  hertz: number;
  targets: number;
  spikeMs: number;
}

const small: MadeRun = { services: 3, seconds: 60, hertz: 10, targets: 2, spikeMs: 42_300 };

function serviceNames(count: number): string[] {
  return Array.from({ length: count }, (_, index) => (index === 0 ? "broker" : `service-${index}`));
}

/** Waves that no two services share, the same in every run. */
function memoryAt(service: number, atMs: number, run: MadeRun): number {
  const spike = service === 0 && atMs === run.spikeMs ? 400 : 0;
  const wave = Math.sin(atMs / (4_000 + service * 700) + service);
  return Math.round((30 + 8 * wave + 2 * Math.sin(atMs / 170 + service) + spike) * mebibyte);
}

function sampleAt(run: MadeRun, names: readonly string[], target: number, atMs: number): RunSample {
  const seconds = atMs / 1_000;
  const services = Object.fromEntries(
    names.map((name, index) => [
      name,
      {
        memoryBytes: memoryAt(index, atMs, run),
        cacheBytes: 5 * mebibyte,
        cpuSeconds: seconds * 0.02 + Math.sin(seconds / (3 + index)) * 0.01 + 0.01,
        oomKills: index === 0 && atMs >= run.spikeMs ? 1 : 0,
      },
    ]),
  );
  const all = Object.values(services);
  return {
    target,
    atMs,
    memoryBytes: all.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0),
    cacheBytes: 5 * mebibyte,
    cpuSeconds: all.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
    throttledSeconds: 0,
    services,
    busiestThread: atMs % 1_000 === 0 ? { service: "broker", name: "main", hostCores: 0.05 } : null,
    otherHostCores: atMs % 1_000 === 0 ? 0.1 : null,
  };
}

function eventsOf(run: MadeRun, target: number): RunEvent[] {
  const event = (atMs: number, kind: RunEvent["kind"], text: string, phase: RunEvent["phase"] = null): RunEvent => ({
    target,
    atMs,
    kind,
    service: phase === null ? "broker" : null,
    phase,
    text,
  });
  return [
    event(0, "phase", "start", "start"),
    event(1_000, "started", "broker started"),
    event(4_000, "healthy", "broker is healthy"),
    event(5_000, "phase", "steady", "steady"),
    event(run.spikeMs, "oom-kill", "broker was killed: out of memory"),
    event(run.spikeMs + 2_000, "restarted", "broker was restarted"),
  ];
}

function logsOf(run: MadeRun, names: readonly string[], target: number): RunLogEntry[] {
  return Array.from({ length: run.seconds }, (_, second) => ({
    target,
    atMs: second * 1_000 + 500,
    service: names[second % names.length] ?? "broker",
    stream: "stdout" as const,
    text: second === Math.floor(run.spikeMs / 1_000) ? "error: cannot allocate memory" : `line of second ${second}`,
  }));
}

/** Writes a finished run into a data folder, as a run of this machine is written. Gives its id. */
export async function keepRun(dataFolder: string, change: Partial<MadeRun> = {}): Promise<RunId> {
  const run = { ...small, ...change };
  const names = serviceNames(run.services);
  const killed = observation({
    oomKills: [{ atMs: run.spikeMs, service: "broker", at: "envelope", process: "broker" }],
    times: { startMs: 0, healthyMs: 4_000, steadyFromMs: 5_000, steadyToMs: run.seconds * 1_000 },
  });
  const seen = Array.from({ length: run.targets }, (_, index) => (index === 0 ? killed : observation()));
  const made = finishedRun(seen);
  const budgetBytes = Math.max(724, run.services * 45) * mebibyte;
  const record = runRecordSchema.parse({
    ...made.record,
    services: names,
    request: { ...made.record.request, durationMs: run.seconds * 1_000 },
    targets: made.result.targets.map(({ verdict }, index) => ({
      label: `board-${index}`,
      name: `Board ${index + 1}`,
      memoryBytes: budgetBytes,
      cpuCores: 4,
      deviceCoresPerHostCore: 4,
      verdict,
    })),
    currentTarget: run.targets - 1,
  });
  const writer = await openRunStore(dataFolder).create(record);
  for (let target = 0; target < run.targets; target += 1) {
    const stepMs = 1_000 / run.hertz;
    for (let second = 0; second < run.seconds; second += 1) {
      writer.samples(
        Array.from({ length: run.hertz }, (_, tick) => sampleAt(run, names, target, second * 1_000 + tick * stepMs)),
      );
      // What waits for the disk must not grow with the length of the run.
      if (second % 60 === 59) await new Promise((resolve) => setImmediate(resolve));
    }
    writer.events(eventsOf(run, target));
    writer.logs(logsOf(run, names, target));
  }
  for (const one of seen) writer.observation(one);
  await writer.result(profileResultSchema.parse(made.result));
  await writer.close();
  return record.id;
}
