import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  currentOwner,
  formatOwner,
  isOwnerAlive,
  parseOwner,
  takeLock,
  withLock,
} from "../../../src/main/store/index.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "bayplan-lock-"));
});

afterEach(() => rm(folder, { recursive: true }));

test("an owner survives being written and read", () => {
  const owner = currentOwner();
  expect(parseOwner(formatOwner(owner))).toEqual(owner);
  expect(isOwnerAlive(owner)).toBe(true);
  expect(parseOwner("nonsense")).toBeNull();
});

test("a pid that was used again, an ended process and another boot are dead owners", () => {
  const owner = currentOwner();
  expect(isOwnerAlive({ ...owner, startTicks: "1" })).toBe(false);
  expect(isOwnerAlive({ ...owner, bootId: "another" })).toBe(false);
  const { pid } = spawnSync("true");
  expect(isOwnerAlive({ ...owner, pid })).toBe(false);
});

test("a living owner's lock is refused with who holds it, and free again after release", async () => {
  const path = join(folder, "l");
  const lock = await takeLock(path);
  await expect(takeLock(path, { waitMs: 60, what: "The engine" })).rejects.toMatchObject({
    code: "conflict",
    message: `The engine is in use by process ${process.pid}.`,
  });
  await lock.release();
  await (await takeLock(path)).release();
  expect(await readdir(folder)).toEqual([]);
});

test("a dead owner's lock is taken over", async () => {
  const path = join(folder, "l");
  await writeFile(path, formatOwner({ ...currentOwner(), startTicks: "1" }));
  expect(await withLock(path, async () => "done", { waitMs: 1_000 })).toBe("done");
  expect(await readdir(folder)).toEqual([]);
});

test("only one of many holds it at a time", async () => {
  const path = join(folder, "l");
  let inside = 0;
  let most = 0;
  await Promise.all(
    Array.from({ length: 8 }, () =>
      withLock(path, async () => {
        inside += 1;
        most = Math.max(most, inside);
        await new Promise((resolve) => setTimeout(resolve, 5));
        inside -= 1;
      }),
    ),
  );
  expect(most).toBe(1);
});

test("a lock without a name is taken over once its owner must have died while taking it", async () => {
  const path = join(folder, "l");
  await writeFile(path, "");
  await expect(takeLock(path, { waitMs: 0 })).rejects.toMatchObject({ code: "conflict" });
  const longAgo = new Date(Date.now() - 60_000);
  await utimes(path, longAgo, longAgo);
  const lock = await takeLock(path, { waitMs: 0 });
  await lock.release();
  expect(await readdir(folder)).toEqual([]);
});
