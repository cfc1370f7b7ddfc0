import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeServingFolder, servingFolder } from "../../../../src/main/stacks/stand-ins/serving/serving-folder.ts";
import { currentOwner, formatOwner } from "../../../../src/main/store/index.ts";
import { folderWith } from "../compose/stack-folder.ts";

test("folders of processes that died are removed, those of the living and of nobody stay", async () => {
  const parent = await folderWith({});
  const owner = currentOwner();
  const owners = { dead: formatOwner({ ...owner, startTicks: "1" }), living: formatOwner(owner), odd: "nobody" };
  for (const [name, text] of Object.entries(owners)) {
    const folder = servingFolder(parent, name);
    await mkdir(folder);
    await writeFile(join(folder, "owner"), text);
  }
  await mkdir(servingFolder(parent, "begun"));
  await makeServingFolder(servingFolder(parent, "own"));
  expect((await readdir(parent)).sort()).toEqual(
    ["begun", "living", "odd", "own"].map((name) => `bayplan-here-${name}`),
  );
});
