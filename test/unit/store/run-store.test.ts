import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openRunStore, type RunStore } from "../../../src/main/store/index.ts";
import { type RunRecord, type RunSample, runIdSchema, runRecordSchema } from "../../../src/shared/domain/index.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "bayplan-runs-"));
});

afterEach(() => rm(folder, { recursive: true }));

function recordOf(id: string, startedAtMs: number): RunRecord {
  return runRecordSchema.parse({
    id,
    stackName: "gateway",
    file: "/tmp/compose.yaml",
    services: ["broker"],
    request: {
      file: "/tmp/compose.yaml",
      targets: [{ kind: "named", name: "rpi-4b-2gb" }],
      durationMs: 1,
      warmUpMs: 0,
    },
    targets: [],
    status: "running",
    phase: null,
    currentTarget: 0,
    startedAtMs,
    endedAtMs: null,
    verdict: null,
    failure: null,
    findings: [],
  });
}

const sample: RunSample = {
  target: 0,
  atMs: 100,
  memoryBytes: 1,
  cacheBytes: null,
  cpuSeconds: 0.5,
  throttledSeconds: null,
  services: {},
  busiestThread: null,
  otherHostCores: null,
};

test("a run is read as it was written, newest first in the list", async () => {
  const store = openRunStore(folder);
  expect(await store.list()).toEqual([]);
  const older = await store.create(recordOf("a", 1));
  await older.close();
  const writer = await store.create(recordOf("b", 2));
  writer.samples([sample, { ...sample, atMs: 200 }]);
  await writer.record({ ...recordOf("b", 2), status: "finished", verdict: "fits" });
  await writer.close();
  expect((await store.list()).map((record) => [record.id, record.verdict])).toEqual([
    ["b", "fits"],
    ["a", null],
  ]);
  const run = await store.read(runIdSchema.parse("b"));
  expect(run.samples.map((each) => each.atMs)).toEqual([100, 200]);
  expect(run.result).toBeNull();
});

test("a torn last line is left out, a damaged line in the middle is said", async () => {
  const store = openRunStore(folder);
  const writer = await store.create(recordOf("a", 1));
  writer.samples([sample]);
  await writer.close();
  const file = join(folder, "runs", "a", "samples.jsonl");
  await appendFile(file, '{"target":0,"at');
  expect((await store.read(runIdSchema.parse("a"))).samples).toHaveLength(1);
  await appendFile(file, `\n${JSON.stringify(sample)}\n`);
  await expect(store.read(runIdSchema.parse("a"))).rejects.toMatchObject({ code: "internal" });
});

test("a run of a process that died is interrupted, not running", async () => {
  const store = openRunStore(folder);
  await (await store.create(recordOf("a", 1))).close();
  expect((await store.list())[0]?.status).toBe("running");
  const file = join(folder, "runs", "a", "run.json");
  await writeFile(file, (await readFile(file, "utf8")).replace(/"startTicks":"\d+"/, '"startTicks":"1"'));
  expect((await store.list())[0]?.status).toBe("interrupted");
});

test("an unknown run is not found, with a hint", async () => {
  await expect(openRunStore(folder).read(runIdSchema.parse("nope"))).rejects.toMatchObject({
    code: "not-found",
    hint: expect.stringContaining("bayplan runs"),
  });
});

test("a span of the logs is read also while it is written, and says what it does not show", async () => {
  const store = openRunStore(folder);
  const writer = await store.create(recordOf("a", 1));
  const line = (atMs: number, service: string, text: string, target = 0) =>
    ({ target, atMs, service, stream: "stdout", text }) as const;
  const runId = runIdSchema.parse("a");
  const query = { runId, target: 0, fromMs: 1000, toMs: 2000, limit: 500 };
  expect(await store.logs(query)).toEqual({ lines: [], leftOut: 0, notKept: 0 });
  writer.logs([line(999, "broker", "before"), line(1000, "broker", "first"), line(1999.5, "cache", "last")]);
  writer.logs([
    { target: 0, atMs: 900, untilMs: 1100, service: "broker", notKept: 7 },
    line(1500, "broker", "late"),
    line(1500, "broker", "of another target", 1),
    line(2001, "broker", "after"),
  ]);
  await writer.close();
  await appendFile(join(folder, "runs", "a", "logs.jsonl"), '{"target":0,"atMs":1001,"serv');
  const texts = async (change: Partial<typeof query> & { services?: string[] }) => {
    const { lines, leftOut, notKept } = await store.logs({ ...query, ...change });
    return [lines.map((one) => one.text), leftOut, notKept];
  };
  expect(await texts({})).toEqual([["first", "late", "last"], 0, 7]);
  expect(await texts({ limit: 2 })).toEqual([["first", "late"], 1, 7]);
  expect(await texts({ services: ["cache"] })).toEqual([["last"], 0, 0]);
  expect(await texts({ target: 1 })).toEqual([["of another target"], 0, 0]);
  const nope = runIdSchema.parse("nope");
  await expect(store.logs({ ...query, runId: nope })).rejects.toMatchObject({ code: "not-found" });
});

async function finished(store: RunStore, id: string, startedAtMs: number): Promise<void> {
  const writer = await store.create(recordOf(id, startedAtMs));
  await writer.record({ ...recordOf(id, startedAtMs), status: "finished", verdict: "fits" });
  await writer.close();
}

test("a list is made from the index, and what changed since is read again", async () => {
  const store = openRunStore(folder);
  await finished(store, "a", 1);
  await finished(store, "b", 2);
  expect((await store.summaries()).map(({ id, status }) => [id, status])).toEqual([
    ["b", "finished"],
    ["a", "finished"],
  ]);
  const index = join(folder, "runs", "index.json");
  // Another process: it believes the index as long as the record is the file that it was made of.
  await writeFile(index, (await readFile(index, "utf8")).replaceAll('"stackName":"gateway"', '"stackName":"indexed"'));
  expect((await openRunStore(folder).summaries()).map(({ stackName }) => stackName)).toEqual(["indexed", "indexed"]);
  await finished(store, "a", 3);
  expect((await openRunStore(folder).summaries()).map(({ id, stackName }) => [id, stackName])).toEqual([
    ["a", "gateway"],
    ["b", "indexed"],
  ]);
});

test.each(["", "{", '{"version":1,"runs":[{"id":"a"}]}', '{"version":9}', null])(
  "an index of %j is made anew",
  async (text) => {
    const store = openRunStore(folder);
    await finished(store, "a", 1);
    await store.summaries();
    const index = join(folder, "runs", "index.json");
    if (text === null) await rm(index);
    else await writeFile(index, text);
    expect(await openRunStore(folder).summaries()).toMatchObject([{ id: "a", verdict: "fits" }]);
    expect(JSON.parse(await readFile(index, "utf8"))).toMatchObject({ version: 1, runs: [{ summary: { id: "a" } }] });
  },
);

test("lists are of one stack, and of so many of the newest", async () => {
  const store = openRunStore(folder);
  for (const [at, id] of ["a", "b", "c"].entries()) await finished(store, id, at);
  expect((await store.summaries({ limit: 2 })).map(({ id }) => id)).toEqual(["c", "b"]);
  expect((await store.list({ limit: 1 })).map(({ id }) => id)).toEqual(["c"]);
  expect(await store.list({ stack: "another" })).toEqual([]);
});

test("a removed run is gone from the list; one that is measured stays", async () => {
  const store = openRunStore(folder);
  await finished(store, "a", 1);
  await (await store.create(recordOf("b", 2))).close();
  await store.remove(runIdSchema.parse("a"));
  expect((await store.summaries()).map(({ id }) => id)).toEqual(["b"]);
  await expect(store.remove(runIdSchema.parse("b"))).rejects.toMatchObject({ code: "conflict" });
  await expect(store.remove(runIdSchema.parse("a"))).rejects.toMatchObject({ code: "not-found" });
});

test("a damaged record hides no other run", async () => {
  const store = openRunStore(folder);
  await finished(store, "a", 1);
  await finished(store, "b", 2);
  await writeFile(join(folder, "runs", "b", "run.json"), "{");
  expect((await store.list()).map(({ id }) => id)).toEqual(["a"]);
});
