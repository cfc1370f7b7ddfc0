import { join } from "node:path";
import { expect, test } from "vitest";
import { checkStack } from "../../../../src/main/stacks/index.ts";
import { folderWith } from "../compose/stack-folder.ts";
import { brief, check, requestFor } from "./check-folder.ts";

const quiet = "restart: always, cpus: 1, mem_limit: 64m, memswap_limit: 64m, logging: { driver: local }";

test("a comment at the end of the line silences its rule there, and only there", async () => {
  const found = await check(
    `services:\n  a: { image: redis:8.0, ${quiet}, tmpfs: /data, user: root } # bayplan-ignore rights.root: a test bench\n` +
      `  b: { image: redis:8.0, ${quiet}, tmpfs: /data, user: root }\n`,
  );
  expect(brief(found)).toEqual([expect.stringMatching(/^info rights.root 3:/)]);
  expect(found.ignored).toBe(1);
});

test("a comment alone speaks of the next line with content; several rules are named with commas", async () => {
  const found = await check(
    `services:\n  # bayplan-ignore limits.no-memory, limits.no-cpu: measured by hand\n\n  # and a word more\n  a:\n` +
      `    image: redis:8.0\n    restart: always\n    tmpfs: /data\n    logging: { driver: local }\n`,
  );
  expect(brief(found)).toEqual([]);
  expect(found.ignored).toBe(2);
});

test("what only looks like a comment silences nothing", async () => {
  const found = await check(
    `services:\n  a:\n    image: redis:8.0\n    user: root\n    tmpfs: /data\n    restart: always\n    logging: { driver: local }\n` +
      `    mem_limit: 64m\n    memswap_limit: 64m\n    cpus: 1\n    command: |\n      # bayplan-ignore rights.root\n    labels: { note: "# bayplan-ignore rights.root" }\n`,
  );
  expect(brief(found)).toEqual(["info rights.root 4:5"]);
});

test("a comment that silences nothing is said, and one that names no rule is a warning", async () => {
  const found = await check(
    `services:\n  a: { image: redis:8.0, ${quiet}, tmpfs: /data } # bayplan-ignore rights.root\n` +
      `  b: { image: redis:8.0, ${quiet}, tmpfs: /data } # bayplan-ignore rights.rot\n` +
      `  c: { image: redis:8.0, ${quiet}, tmpfs: /data } # bayplan-ignore kanto.named-volume\n`,
  );
  expect(brief(found)).toEqual([
    expect.stringMatching(/^info check.unused-ignore 2:/),
    expect.stringMatching(/^warning check.unused-ignore 3:/),
  ]);
});

test("an error of the file itself cannot be silenced", async () => {
  const found = await check("services:\n  a: { image: x, nonsense: 1 } # bayplan-ignore compose.unknown-key\n");
  expect(brief(found)[0]).toBe("error compose.unknown-key 2:18");
  expect(found.ignored).toBe(0);
});

test("comments count in every file of a stack", async () => {
  const folder = await folderWith({
    "compose.yaml": `services:\n  a: { image: redis:8.0, ${quiet}, tmpfs: /data }\n`,
    "compose.override.yaml": "services:\n  a:\n    user: root # bayplan-ignore rights.root\n",
  });
  const found = await checkStack(await requestFor(folder));
  expect(brief(found)).toEqual([]);
  expect(found.ignored).toBe(1);
  expect(found.file).toBe(join(folder, "compose.yaml"));
});
