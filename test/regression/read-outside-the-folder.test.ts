/** Files outside the folder of a stack were read, and nothing said so: by a link, by `--env-file` of a script, by a blueprint, by COMPOSE_FILE. */
import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openStack } from "../../src/main/stacks/index.ts";
import type { StackFormat } from "../../src/shared/domain/index.ts";
import { folderWith } from "../unit/stacks/compose/stack-folder.ts";

const outside = { "out/a.env": "A=1\n", "out/compose.yaml": "services: {web: {image: a}}\n" };

/** Rules of what is said of a file outside, when one is opened in the folder `stack`. */
async function said(files: Record<string, string>, path: string, from: StackFormat): Promise<string[]> {
  const inside = Object.entries(files).map(([name, text]) => [`stack/${name}`, text]);
  const folder = await folderWith({ ...outside, ...Object.fromEntries(inside) });
  await mkdir(join(folder, "stack"), { recursive: true });
  await symlink("../out/a.env", join(folder, "stack", "link.env"));
  const { stack, findings } = await openStack(join(folder, "stack", path), {}, { from });
  expect(stack).not.toBeNull();
  return findings.filter(({ message }) => message.includes("outside")).map(({ rule }) => rule);
}

test("a link of the folder that leads out of it", async () => {
  const files = { "compose.yaml": "services: {web: {image: a, env_file: link.env}}\n" };
  expect(await said(files, "compose.yaml", "compose")).toEqual(["compose.outside-project"]);
});

test("COMPOSE_FILE of the .env file", async () => {
  expect(await said({ ".env": "COMPOSE_FILE=../out/compose.yaml\n" }, "", "compose")).toEqual([
    "compose.outside-project",
  ]);
  const both = { ".env": "COMPOSE_FILE=a.yaml:../out/compose.yaml\n", "a.yaml": "services: {web: {image: b}}\n" };
  expect(await said(both, "", "compose")).toEqual(["compose.outside-project"]);
});

test("--env-file of a script", async () => {
  const files = { "run.sh": "docker run --env-file ../out/a.env nginx\n" };
  expect(await said(files, "run.sh", "docker-run")).toEqual(["docker-run.outside-project"]);
  expect(await said({ "run.sh": "docker run --env-file link.env nginx\n" }, "run.sh", "docker-run")).toEqual([
    "docker-run.outside-project",
  ]);
});

test("the folder of a blueprint", async () => {
  expect(await said({ "blueprint.yaml": "containers: ../out\n" }, "blueprint.yaml", "particle")).toEqual([
    "particle.outside-project",
  ]);
});

test("what is inside is not said", async () => {
  const files = {
    "compose.yaml": "services: {web: {image: a, env_file: ./b.env}}\n",
    "b.env": "B=1\n",
    ".env": "C=1\n",
  };
  expect(await said(files, "compose.yaml", "compose")).toEqual([]);
});
