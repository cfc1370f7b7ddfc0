import { execFile } from "node:child_process";
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import * as z from "zod";
import { openDocument } from "../../../src/main/store/index.ts";

const run = promisify(execFile);
const schema = z.object({ count: z.int() });
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "bayplan-document-"));
});

afterEach(async () => {
  await chmod(folder, 0o700);
  await rm(folder, { recursive: true });
});

test("gives the empty value until something is written, then what was written", async () => {
  const document = openDocument(join(folder, "deep", "a.json"), schema, { count: 0 });
  expect(await document.read()).toEqual({ count: 0 });
  expect(await document.update((current) => ({ count: current.count + 1 }))).toEqual({ count: 1 });
  expect(await document.read()).toEqual({ count: 1 });
  expect((await stat(join(folder, "deep", "a.json"))).mode & 0o777).toBe(0o600);
  expect(await readdir(join(folder, "deep"))).toEqual(["a.json"]);
});

test("keeps a file that cannot be understood and begins a new one", async () => {
  const file = join(folder, "a.json");
  await writeFile(file, "{not json");
  const document = openDocument(file, schema, { count: 7 });
  expect(await document.read()).toEqual({ count: 7 });
  const kept = (await readdir(folder)).filter((name) => name.startsWith("a.json.broken-"));
  expect(kept).toHaveLength(1);
  expect(await readFile(join(folder, kept[0] ?? ""), "utf8")).toBe("{not json");
});

test("loses no change when several processes write at once", async () => {
  const file = join(folder, "a.json");
  const script = join(folder, "writer.mts");
  const store = join(import.meta.dirname, "../../../src/main/store/index.ts");
  const zod = import.meta.resolve("zod");
  await writeFile(
    script,
    `import { openDocument } from ${JSON.stringify(store)}; import * as z from ${JSON.stringify(zod)};
     const d = openDocument(${JSON.stringify(file)}, z.object({ count: z.number() }), { count: 0 });
     for (let i = 0; i < 10; i++) await d.update((c) => ({ count: c.count + 1 }));`,
  );
  const tsx = join(import.meta.dirname, "../../../node_modules/.bin/tsx");
  await Promise.all([1, 2, 3].map(() => run(tsx, [script])));
  expect(await openDocument(file, schema, { count: 0 }).read()).toEqual({ count: 30 });
}, 60_000);
