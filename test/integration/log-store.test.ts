/** The bench of the log store in its short form, in a process of its own: what many lines cost in memory and time. */
import { join } from "node:path";
import { expect, test } from "vitest";
import * as z from "zod";
import { tryRun } from "../lab/run.ts";

const bench = join(import.meta.dirname, "../bench/log-store.ts");
const figuresSchema = z.object({
  addedBytes: z.number(),
  processBytes: z.number(),
  appendLinesPerSecond: z.number(),
  pageMs: z.object({ p50: z.number() }),
  searchRatio: z.number(),
  found: z.number(),
});

test("300,000 lines cost a fraction of their size in memory; a page and a search are quick", async () => {
  // Its own goals are those of ten million lines, which are no business of this test.
  const { stdout } = await tryRun([process.execPath, "--expose-gc", "--import", "tsx", bench, "300000"]);
  const figures = figuresSchema.parse(JSON.parse(stdout.split("\n")[0] ?? ""));
  const mib = 1024 ** 2;
  // As strings in an array they would be 80 MiB more; what is added here is Node's own room to work in.
  expect(figures.addedBytes).toBeLessThan(60 * mib);
  expect(figures.processBytes).toBeLessThan(200 * mib);
  expect(figures.found).toBe(3);
  expect(figures.pageMs.p50).toBeLessThan(5);
  expect(figures.appendLinesPerSecond).toBeGreaterThan(100_000);
});
