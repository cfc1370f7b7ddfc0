import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Engine, openLocalEngine } from "../../src/main/engines/index.ts";
import { composeLabels } from "../../src/main/stacks/index.ts";
import { BUSYBOX_IMAGE, ensureImages } from "../lab/images.ts";
import { ensureLocalEngine } from "../lab/lab.ts";
import { bayplan } from "./bayplan-command.ts";

let folder: string;
let engine: Engine;

beforeAll(async () => {
  await ensureLocalEngine();
  await ensureImages();
  engine = await openLocalEngine();
  folder = await mkdtemp(join(tmpdir(), "bayplan-formats-"));
});

afterAll(async () => {
  engine.close();
  await rm(folder, { recursive: true });
});

function run(args: string[]) {
  return bayplan(args, { home: join(folder, "home") });
}

const script = () => `#!/bin/sh
IMAGE=${BUSYBOX_IMAGE}
docker network create back
docker run -d --name store --net back --restart always -m 32m -v kept:/kept -e 'WORDS=a b' $IMAGE sleep 1000
docker run -d --net back $IMAGE sh -c 'ping -c 1 store > /tmp/reached; sleep 1000'
`;

test("a script of docker run lines goes up as a stack, and comes down with nothing left", async () => {
  const file = join(folder, "gateway.sh");
  await writeFile(file, script());
  const project = basename(folder).toLowerCase();
  try {
    const up = await run(["--json", "up", file]);
    expect([up.code, up.stderr]).toEqual([0, expect.any(String)]);
    expect(JSON.parse(up.stdout)).toMatchObject({
      kind: "up",
      project,
      services: [{ name: "store" }, { name: "busybox" }],
    });
    const { containers, networks, volumes } = await engine.listByLabel(`${composeLabels.project}=${project}`);
    expect(containers.filter(({ running }) => running)).toHaveLength(2);
    expect(networks.map(({ name }) => name)).toEqual([`${project}_back`]);
    expect(volumes.map(({ name }) => name)).toEqual([`${project}_kept`]);
  } finally {
    const down = await run(["--json", "down", file, "--volumes"]);
    expect([down.code, JSON.parse(down.stdout)]).toEqual([
      0,
      { project, containers: 2, networks: 1, volumes: 1, files: null },
    ]);
  }
});

test("export writes what it can, lists on stderr what is lost, and overwrites nothing", async () => {
  const file = join(folder, "other.sh");
  await writeFile(file, script());
  const out = join(folder, "kanto");
  const written = await run(["stack", "export", file, "--to", "kanto", "-o", out]);
  expect([written.code, written.stdout]).toEqual([0, ""]);
  expect((await readdir(out)).sort()).toEqual(["busybox.json", "store.json"]);
  expect(written.stderr).toContain(`${file}:4:34: warning: \`networks\` of \`store\` is lost: `);
  expect(written.stderr).toContain("the volume at /kept of `store` is lost");
  expect(JSON.parse(await readFile(join(out, "store.json"), "utf8"))).toMatchObject({
    container_name: "store",
    config: { env: ["WORDS=a b"], cmd: ["sleep", "1000"] },
    host_config: { restart_policy: { type: "always" }, resources: { memory: "32m" } },
  });
  const again = await run(["stack", "export", file, "--to", "kanto", "-o", out]);
  expect([again.code, again.stderr]).toEqual([2, expect.stringContaining("is there already")]);

  const printed = await run(["stack", "export", out, "--to", "compose"]);
  expect(printed.code).toBe(0);
  expect(printed.stdout).toMatch(/^name: kanto\n/);
  expect(printed.stdout).toContain('mem_limit: "33554432"');

  const json = await run(["--json", "stack", "export", out, "--to", "kanto-ditto"]);
  expect(JSON.parse(json.stdout)).toMatchObject({
    format: "kanto",
    files: [{ name: "busybox.json" }, { name: "store.json" }],
    lost: [],
  });
});

test("--from decides how a file is read, and a format that is none is refused", async () => {
  const file = join(folder, "plain.yaml");
  await writeFile(file, "services:\n  a:\n    image: a:1\n");
  const balena = await run(["--json", "stack", "export", file, "--from", "balena", "--to", "compose"]);
  expect(balena.stdout).toContain("restart: always");
  const wrong = await run(["--json", "stack", "export", file, "--from", "nomad", "--to", "compose"]);
  expect([wrong.code, JSON.parse(wrong.stdout)]).toEqual([
    2,
    { error: expect.objectContaining({ code: "bad-input" }) },
  ]);
});
