import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { exportRuns, importRuns, openRunStore, runsOfArchive } from "../../../src/main/store/index.ts";
import { runRecordSchema } from "../../../src/shared/domain/index.ts";
import { finishedRun } from "../profiling/report/finished-run.ts";
import { observation } from "../shared/judge/observations.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "bayplan-archive-"));
});

afterEach(() => rm(folder, { recursive: true }));

async function keptRun(home: string, id = "20261127-100000-abcdef") {
  const store = openRunStore(home);
  const run = finishedRun();
  const record = runRecordSchema.parse({ ...run.record, id });
  const writer = await store.create(record);
  writer.samples(run.samples);
  writer.logs([{ target: 0, atMs: 12, service: "broker", stream: "stderr", text: "ready" }]);
  writer.observation(observation());
  await writer.result({ ...run.result, runId: id });
  await writer.record(record);
  await writer.close();
  return { store, record };
}

const archive = () => join(folder, "one.bayplan");

/** The lines of an exported file, changed, as a file again. */
async function changed(change: (lines: string[]) => string[]): Promise<string> {
  const { store, record } = await keptRun(join(folder, "there"));
  await exportRuns(store, [record.id], archive());
  const lines = gunzipSync(await readFile(archive()))
    .toString()
    .split("\n");
  await writeFile(archive(), gzipSync(change(lines).join("\n")));
  return archive();
}

test("a run comes back as it was, marked with where it is from, without folders of that machine", async () => {
  const { store: there, record } = await keptRun(join(folder, "there"));
  await exportRuns(there, [record.id], archive());
  expect(gunzipSync(await readFile(archive())).toString()).not.toContain("secret-project");
  const here = openRunStore(join(folder, "here"));
  expect(await importRuns(here, archive())).toEqual({ imported: [record.id], already: [] });
  const [before, after] = [await there.read(record.id), await here.read(record.id)];
  expect(after.result).toEqual(before.result);
  expect(after.samples).toEqual(before.samples);
  expect(await here.observations(record.id)).toEqual(await there.observations(record.id));
  expect(after.record).toMatchObject({ status: "finished", file: "compose.yaml", origin: { hostName: "here" } });
  expect(before.record.origin).toBeNull();
  const span = { runId: record.id, target: 0, fromMs: 0, toMs: 1_000, limit: 10 };
  expect(await here.logs(span)).toEqual(await there.logs(span));
  expect((await here.logs(span)).lines.map(({ text }) => text)).toEqual(["ready"]);
  expect((await readdir(join(folder, "here", "runs"))).sort()).toEqual([record.id]);
  const [read] = await runsOfArchive(archive());
  expect(read?.observations).toEqual(await there.observations(record.id));
});

test("the same run again is recognised, another one of its id refused, and then nothing of the file is taken", async () => {
  const { store, record } = await keptRun(join(folder, "there"));
  const other = await keptRun(join(folder, "there"), "20261127-100001-abcdef");
  await exportRuns(store, [other.record.id, record.id], archive());
  expect(await importRuns(store, archive())).toEqual({ imported: [], already: [other.record.id, record.id] });

  const here = join(folder, "here");
  const twin = await keptRun(here);
  const changedRecord = runRecordSchema.parse({ ...twin.record, startedAtMs: 1 });
  await (await twin.store.create(changedRecord)).close();
  await expect(importRuns(twin.store, archive())).rejects.toMatchObject({
    code: "conflict",
    hint: expect.stringContaining("runs remove"),
  });
  expect((await readdir(join(here, "runs"))).filter((name) => name !== "index.json")).toEqual([record.id]);
});

test.each([
  ["its end cut off", (lines: string[]) => [...lines.slice(0, -2), ""], "its end is missing"],
  ["a line missing", (lines: string[]) => lines.toSpliced(3, 1), "lines are missing"],
  ["a line that is none", (lines: string[]) => lines.toSpliced(3, 0, '{"sample":{}}'), "a line is not what"],
  ["more behind the end", (lines: string[]) => [...lines.slice(0, -1), '{"end":{"lines":1}}', ""], "behind its end"],
  ["a long line", (lines: string[]) => lines.toSpliced(3, 0, "x".repeat(5_000_000)), "longer than 4 MiB"],
  ["many values", (lines: string[]) => lines.toSpliced(3, 0, `[${"{},".repeat(300_000)}{}]`), "a line is not what"],
  ["no head", (lines: string[]) => lines.slice(1), "is no file of runs"],
])("a file with %s is refused, and leaves nothing", async (_, change, words) => {
  const file = await changed(change);
  const home = join(folder, "here");
  await expect(importRuns(openRunStore(home), file)).rejects.toMatchObject({
    code: "bad-input",
    message: expect.stringContaining(words),
  });
  expect(await readdir(join(home, "runs"))).toEqual([]);
});

test.each(["../../escape", "a/b", "..", "x".repeat(65), ""])("an id of %j leads nowhere", async (id) => {
  const file = await changed((lines) => lines.map((line) => line.replaceAll("20261127-100000-abcdef", id)));
  await expect(importRuns(openRunStore(join(folder, "here")), file)).rejects.toMatchObject({ code: "bad-input" });
  expect((await readdir(folder)).sort()).toEqual(["here", "one.bayplan", "there"]);
});

test("a later version is told from a damaged file", async () => {
  const file = await changed((lines) => [(lines[0] ?? "").replace('"version":1', '"version":2'), ...lines.slice(1)]);
  await expect(importRuns(openRunStore(join(folder, "here")), file)).rejects.toMatchObject({ code: "unsupported" });
});

test("what is no gzip, is not there or is a folder is said in words", async () => {
  const store = openRunStore(join(folder, "here"));
  await writeFile(archive(), "plain text");
  await expect(importRuns(store, archive())).rejects.toMatchObject({
    message: expect.stringContaining("no file of runs"),
  });
  await expect(importRuns(store, join(folder, "none"))).rejects.toMatchObject({ code: "bad-input" });
  await expect(importRuns(store, folder)).rejects.toMatchObject({ code: "bad-input" });
});

test("what unpacks without end is cut short by its bound", { timeout: 120_000 }, async () => {
  const store = openRunStore(join(folder, "here"));
  await writeFile(archive(), gzipSync(Buffer.alloc(64 * 1024 ** 2, "x")));
  await expect(importRuns(store, archive())).rejects.toMatchObject({
    message: expect.stringContaining("longer than 4 MiB"),
  });
});

test("what a killed import left goes with the next one", async () => {
  const { store, record } = await keptRun(join(folder, "there"));
  await exportRuns(store, [record.id], archive());
  const left = join(folder, "there", "runs", ".import-1.2.some-other-boot-3");
  await mkdir(join(left, "x"), { recursive: true });
  await importRuns(store, archive());
  expect(await readdir(join(folder, "there", "runs"))).not.toContain(".import-1.2.some-other-boot-3");
});
