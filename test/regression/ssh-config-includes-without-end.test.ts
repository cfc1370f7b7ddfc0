/** Each `Include` costs looks into folders, also when it names the same or nothing: twenty thousand of them held the window up for half a minute. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findAliases } from "../../src/main/devices/ssh-config/find-aliases.ts";

let home = "";
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "bayplan-includes-"));
  await mkdir(join(home, ".ssh"));
});
afterEach(() => rm(home, { recursive: true }));

const configOf = (lines: string[]) => writeFile(join(home, ".ssh", "config"), lines.join("\n"));

test("the same Include again is not looked at again", async () => {
  await writeFile(join(home, ".ssh", "one.conf"), "Host included\n");
  await configOf([...Array<string>(10_000).fill("Include missing one.conf *.none"), "Host last"]);
  const looked = new Map();
  expect(await findAliases(home, looked)).toEqual({
    aliases: ["last", "included"],
    leftOut: 0,
    unreadable: [],
    files: 2,
  });
  expect(looked.size).toBe(4);
});

test("of Includes without end a thousand are followed, and it is said", async () => {
  await configOf(Array.from({ length: 20_000 }, (_, at) => `Include missing-${at}`));
  const looked = new Map();
  const found = await findAliases(home, looked);
  expect(found.unreadable).toEqual([
    `${join(home, ".ssh", "config")} (more than 1000 Includes, counted with those before it)`,
  ]);
  expect(looked.size).toBe(1_001);
});
