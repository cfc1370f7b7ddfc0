/** A data folder on a real disk that is full: nothing that was there is lost, and all goes on when there is room again. */
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import * as z from "zod";
import { openDocument, takeLock, withLock } from "../../src/main/store/index.ts";
import { run } from "../lab/run.ts";
import { failureOf } from "./engines-fixture.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "bayplan-full-"));
  await run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder]);
});

afterEach(async () => {
  await run(["umount", folder]);
  await rm(folder, { recursive: true });
});

/** Takes the last byte; new names can still be made, as on most disks. */
async function fill(): Promise<void> {
  await writeFile(join(folder, "filler"), Buffer.alloc(128 * 1024)).catch(() => undefined);
}

test("a lock that could not be written is not left behind", async () => {
  await fill();
  const error = await failureOf(takeLock(join(folder, "l")));
  expect([error.code, error.message]).toEqual([
    "bad-input",
    `${join(folder, "l")} cannot be written: the disk is full.`,
  ]);
  expect(await readdir(folder)).toEqual(["filler"]);
  await rm(join(folder, "filler"));
  expect(await withLock(join(folder, "l"), async () => "held", { waitMs: 0 })).toBe("held");
});

test("a document keeps what it had, says why it takes no more, and takes it later", async () => {
  const document = openDocument(join(folder, "a.json"), z.object({ text: z.string() }), { text: "" });
  await document.update(() => ({ text: "before" }));
  await fill();
  const error = await failureOf(document.update(() => ({ text: "x".repeat(8_000) })));
  expect(error.message).toContain("the disk is full.");
  expect(error.hint).toContain("Free some space");
  expect(await document.read()).toEqual({ text: "before" });
  expect((await readdir(folder)).sort()).toEqual(["a.json", "filler"]);
  await rm(join(folder, "filler"));
  await document.update(() => ({ text: "after" }));
  expect(JSON.parse(await readFile(join(folder, "a.json"), "utf8"))).toEqual({ text: "after" });
});
