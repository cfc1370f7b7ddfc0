/** A stack that is watched comes again when one of its files changes, goes, or appears, and not otherwise. */
import { mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { watchStack } from "../../../src/main/api/stack-watch.ts";
import { openStack } from "../../../src/main/stacks/index.ts";
import type { StackUpdate } from "../../../src/shared/contract/index.ts";

let folder: string;
let file: string;
let ended: AbortController;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "bayplan-watch-"));
  file = join(folder, "compose.yaml");
  await writeFile(file, "services:\n  web:\n    image: busybox:$TAG\n    env_file: [web.env]\n");
  await writeFile(join(folder, "web.env"), "A=1\n");
  ended = new AbortController();
});

afterEach(async () => {
  ended.abort();
  await rm(folder, { recursive: true, force: true });
});

const start = () => watchStack(file, () => openStack(file, {}), ended.signal);

async function next(updates: AsyncGenerator<StackUpdate>): Promise<StackUpdate> {
  const { value, done } = await updates.next();
  if (done === true) throw new Error("The watch ended.");
  return value;
}

function opened(update: StackUpdate) {
  if (update.kind === "failed") throw new Error(update.failure.message);
  return update.opened;
}

test("the first is as it is; a change of any of its files is the next", async () => {
  const updates = start();
  const first = await next(updates);
  expect(first.seq).toBe(1);
  expect(opened(first).stack?.services[0]?.environment).toEqual({ A: "1" });
  await writeFile(join(folder, "web.env"), "A=2\n");
  const second = await next(updates);
  expect(second.seq).toBe(2);
  expect(opened(second).stack?.services[0]?.environment).toEqual({ A: "2" });
});

test("a file that goes is told, and so is its coming back", async () => {
  const updates = start();
  const { source } = opened(await next(updates));
  await rm(file);
  expect(await next(updates)).toMatchObject({ kind: "failed", failure: { code: "not-found" } });
  await writeFile(file, source);
  expect(opened(await next(updates)).source).toBe(source);
});

test("a file that appears beside it counts, one that does not belong to it is no update", async () => {
  const updates = start();
  expect(opened(await next(updates)).stack?.services[0]?.image).toBe("busybox:");
  await writeFile(join(folder, "notes.txt"), "nothing\n");
  const waiting = next(updates);
  const early = await Promise.race([waiting, new Promise((resolve) => setTimeout(() => resolve("quiet"), 1_500))]);
  expect(early).toBe("quiet");
  await writeFile(join(folder, ".env"), "TAG=1\n");
  expect(opened(await waiting).stack?.services[0]?.image).toBe("busybox:1");
});

test("a file that was only touched comes again, and the end of its reader ends the watch", async () => {
  const updates = start();
  await next(updates);
  await utimes(file, new Date(), new Date(Date.now() - 60_000));
  expect((await next(updates)).seq).toBe(2);
  const waiting = updates.next();
  ended.abort();
  expect(await waiting).toEqual({ done: true, value: undefined });
});
