import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { ThreadWatch } from "../../../src/main/profiling/sampling/threads.ts";

const folder = await mkdtemp(join(tmpdir(), "bayplan-threads-"));
afterAll(() => rm(folder, { recursive: true }));

test("the time of threads is told, and what of the whole was no living thread's", async () => {
  // This process' first thread, as if it were a group of its own.
  await writeFile(join(folder, "tasks"), `${process.pid}\n`);
  const watch = new ThreadWatch(new Map([["self", () => [folder]]]));
  expect(watch.read(0, 0)).toBeNull();
  const fromMs = performance.now();
  const before = process.cpuUsage();
  while (process.cpuUsage(before).user < 200_000);
  const elapsedMs = performance.now() - fromMs;
  const reading = watch.read(elapsedMs, 5);
  expect(reading?.busiest?.service).toBe("self");
  expect((reading?.busiest?.hostCores ?? 0) * elapsedMs).toBeGreaterThan(100);
  expect(reading?.wait?.threadCores).toBeGreaterThanOrEqual(reading?.busiest?.hostCores ?? 1);
  const ranMs = (reading?.busiest?.hostCores ?? 0) * elapsedMs;
  expect((reading?.wait?.missedCores ?? 0) * elapsedMs).toBeCloseTo(5000 - ranMs, 0);
});
