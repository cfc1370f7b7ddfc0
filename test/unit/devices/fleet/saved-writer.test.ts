import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { SavedWriter } from "../../../../src/main/devices/fleet/saved-writer.ts";
import { openSavedDevices, type SavedChange, savedDeviceSchema } from "../../../../src/main/devices/saved-devices.ts";
import { deviceIdSchema } from "../../../../src/shared/domain/index.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "bayplan-writer-"));
});

afterEach(() => rm(folder, { recursive: true }));

function change(id: string, user: string, replaces: string | null = null): SavedChange {
  const nothing = { name: null, added: false, hostKey: null, facts: null, factsAtMs: null, engine: null };
  const device = { id, user, host: "10.0.0.1", port: 22, addresses: [], lastSeenAtMs: null, ...nothing };
  return {
    device: savedDeviceSchema.parse(device),
    replaces: replaces === null ? null : deviceIdSchema.parse(replaces),
  };
}

test("what could not be written is written with what comes next, in the order in which it came", async () => {
  // A file stands where the folder is to be: nothing can be written.
  await writeFile(join(folder, "data"), "");
  const saved = openSavedDevices(join(folder, "data", "bayplan"));
  const put = vi.spyOn(saved, "put");
  const waiting: SavedChange[] = [];
  const writer = new SavedWriter(saved, () => waiting.splice(0));
  const write = (...changes: SavedChange[]): Promise<void> => {
    waiting.push(...changes);
    return writer.write([]);
  };
  const refused = { code: "bad-input", message: expect.stringContaining("part of its path is a file") };
  await expect(write(change("a", "first"), change("b", "first"))).rejects.toMatchObject(refused);
  await expect(write(change("a", "second"), change("lasting-b", "second", "b"))).rejects.toMatchObject(refused);
  await expect(write(change("lasting-b", "third"))).rejects.toMatchObject(refused);
  await expect(write(change("c", "first"))).rejects.toMatchObject(refused);
  await expect(writer.drop("c")).rejects.toMatchObject(refused);
  await rm(join(folder, "data"));
  await write(change("d", "first"));
  const written = (await saved.list()).map(({ id, user }) => `${id} ${user}`);
  expect(written).toEqual(["a second", "d first", "lasting-b third"]);
  // However often it was in vain, a device waits once.
  expect(put.mock.calls.map(([changes]) => changes.length)).toEqual([2, 3, 3, 4, 4]);
  await write();
  expect(await saved.list()).toHaveLength(3);
});
