/** A quota is a stopwatch and not a slower core: how far off a short job is, against what the result states. */
import { afterAll, expect, it } from "vitest";
import { measureSpeedScore } from "../../src/main/profiling/index.ts";
import type { Budget } from "../../src/shared/domain/index.ts";
import { docker } from "../bench/engine-stats.ts";
import { custom, ProfilingBench } from "./profiling-bench.ts";

const bench = new ProfilingBench();
const jobMs = 20;

afterAll(() => bench.close());

/** A board of one core, a quarter as fast as one of this machine's. */
async function quarterCore(): Promise<Budget> {
  const { value, source } = await measureSpeedScore(bench.folder);
  if (value === null) throw new Error(source);
  const score = value / 4;
  return { ...custom("memory=64MiB,cpus=1"), kind: "model", cpus: 1, singleCoreScore: score, multiCoreScore: score };
}

/** Jobs of 20 ms of CPU time with rest between them, which is never a multiple of the period; each prints how long it took. */
const jobs = `
import time
for count in range(10000):
    time.sleep(0.1503 + 0.001 * (count % 10))
    begin, used = time.monotonic(), time.process_time()
    while time.process_time() - used < ${jobMs / 1000}: pass
    print(round((time.monotonic() - begin) * 1000, 2), flush=True)`;

it("half of all jobs of 20 ms take at a quarter core what they take on a core that slow, within 20 % and within what is stated", {
  retry: 2,
}, async () => {
  const stack = await bench.stack("burst", { bursty: { python: jobs } });
  let took: number[] = [];
  const { targets, host } = await bench.profile(stack, [await quarterCore()], {
    steadySeconds: 8,
    onEvents: (events) => {
      if (!events.some((event) => event.phase === "stop")) return;
      const [id = ""] = docker("ps", "-q", "--filter", "name=bptest-burst").split("\n");
      took = docker("logs", id).split("\n").map(Number);
    },
  });
  const stated = targets[0]?.envelope.burstErrorShare ?? Number.NaN;
  const sorted = took.sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
  const slowedMs = jobMs * 4;
  const early = (ms: number) => 1 - ms / slowedMs;
  process.stdout.write(
    `A job of ${jobMs} ms on a core of a quarter takes ${slowedMs} ms; in the envelope ${at(0.1)} / ${at(0.5)} / ${at(0.9)} ms ` +
      `(p10, p50, p90 of ${sorted.length}); stated: half of them up to ${(100 * stated).toFixed(0)} % sooner\n`,
  );
  expect(sorted.length).toBeGreaterThan(10);
  expect(stated).toBeLessThan(0.2);
  expect(early(at(0.5))).toBeLessThanOrEqual(stated);
  // What others do on this machine makes a job later, and that is not the envelope's doing.
  if ((host.busyWindowsShare ?? 1) <= 0.05) expect(Math.abs(early(at(0.5)))).toBeLessThanOrEqual(0.2);
});
