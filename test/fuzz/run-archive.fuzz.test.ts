import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, beforeAll, test } from "vitest";
import { exportRuns, importRuns, openRunStore } from "../../src/main/store/index.ts";
import { AppError } from "../../src/shared/domain/index.ts";
import { finishedRun } from "../unit/profiling/report/finished-run.ts";
import { observation } from "../unit/shared/judge/observations.ts";
import { FUZZ_TIMEOUT_MS, fuzz, hostileText, mutated } from "./fuzz.ts";

let folder: string;
let packed: Buffer;
let lines: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bayplan-fuzz-archive-"));
  const store = openRunStore(join(folder, "source"));
  const { record, result, samples } = finishedRun();
  const writer = await store.create(record);
  writer.samples(samples.slice(0, 5));
  writer.observation(observation());
  await writer.result(result);
  await writer.record(record);
  await writer.close();
  const file = join(folder, "source.bayplan");
  await exportRuns(store, [record.id], file);
  packed = await readFile(file);
  lines = gunzipSync(packed).toString().trimEnd().split("\n");
});

afterAll(() => rm(folder, { recursive: true }));

/** A refused file leaves nothing, an accepted one a run that can be read; neither anything beside the folder of runs. */
async function check(bytes: Buffer): Promise<void> {
  const home = await mkdtemp(join(folder, "home-"));
  try {
    const file = join(home, "in.bayplan");
    await writeFile(file, bytes);
    const store = openRunStore(home);
    let taken: readonly string[] = [];
    try {
      const { imported } = await importRuns(store, file);
      taken = imported;
      for (const id of imported) {
        await store.read(id);
        await store.observations(id);
      }
    } catch (error) {
      if (!(error instanceof AppError) || error.code === "internal") throw error;
    }
    const runs = (await readdir(join(home, "runs"))).filter((name) => name !== "index.json");
    if (runs.sort().join() !== [...taken].sort().join()) throw new Error(`left ${runs.join()}`);
    const beside = (await readdir(home)).sort().join();
    if (beside !== "in.bayplan,runs") throw new Error(`beside it: ${beside}`);
  } finally {
    await rm(home, { recursive: true });
  }
}

test(
  "a file of runs with any of its packed bytes changed",
  () => fuzz("packed runs", mutated(fc.constant(null).map(() => packed)), check),
  FUZZ_TIMEOUT_MS,
);

test(
  "a file of runs whose text is changed, and packed again",
  () =>
    fuzz("text of runs", mutated(fc.constant(null).map(() => Buffer.from(`${lines.join("\n")}\n`))), (text) =>
      check(gzipSync(text)),
    ),
  FUZZ_TIMEOUT_MS,
);

test(
  "a file of runs with lines that are another's, doubled, gone or hostile",
  () => {
    const words = [
      '{"run":',
      '{"end":{"lines":',
      "__proto__",
      "../../",
      "null",
      "{}",
      "[",
      "\\u0000",
      '"id":"',
      "1e999",
    ];
    const line = fc.oneof(
      { weight: 6, arbitrary: fc.nat(1_000).map((at) => lines[at % lines.length] ?? "") },
      { weight: 1, arbitrary: hostileText(words) },
    );
    const file = fc.tuple(fc.boolean(), fc.array(line, { maxLength: 12 }));
    return fuzz("lines of runs", file, ([headed, body]) =>
      check(gzipSync([...(headed ? [lines[0] ?? ""] : []), ...body, ""].join("\n"))),
    );
  },
  FUZZ_TIMEOUT_MS,
);
