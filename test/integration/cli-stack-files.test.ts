// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of a compose file look like this.
/** Several files and the options of `docker compose`, by every command that takes a stack. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Engine, openLocalEngine } from "../../src/main/engines/index.ts";
import { composeLabels } from "../../src/main/stacks/index.ts";
import { BUSYBOX_IMAGE, ensureImages } from "../lab/images.ts";
import { ensureLocalEngine } from "../lab/lab.ts";
import { run as runProgram } from "../lab/run.ts";
import { bayplan } from "./bayplan-command.ts";

let folder: string;
let engine: Engine;
let files: string[];
/** A name that no other test has, told on the command line alone. */
let project: string;

beforeAll(async () => {
  await ensureLocalEngine();
  await ensureImages();
  engine = await openLocalEngine();
  folder = await mkdtemp(join(tmpdir(), "bayplan-files-"));
  project = `files-${process.pid}`;
  await mkdir(join(folder, "data"));
  const texts = {
    "compose.yaml":
      "services:\n  web:\n    image: ${IMAGE}\n    command: sleep 1000\n    mem_limit: 16m\n    init: true\n",
    "site.yaml": `services:
  web:
    mem_limit: 24m
    environment: {SITE: "\${SITE}"}
    volumes: ["./data:/data"]
  tools: {image: "\${IMAGE}", command: sleep 1000, mem_limit: 16m, init: true, profiles: [tools]}
`,
    "site.env": `IMAGE=${BUSYBOX_IMAGE}\nSITE=harbour\n`,
  };
  for (const [name, text] of Object.entries(texts)) await writeFile(join(folder, name), text);
  files = ["compose.yaml", "site.yaml"].map((name) => join(folder, name));
});

afterAll(async () => {
  engine.close();
  await rm(folder, { recursive: true });
});

const options = () => ["-p", project, "--env-file", join(folder, "site.env"), "--profile", "tools"];
const dashed = () => files.flatMap((file) => ["-f", file]);
const run = (args: string[]) => bayplan(["--json", ...args], { home: join(folder, "home") });

test("up and down take them; the containers name all files", async () => {
  try {
    const up = await run(["up", ...dashed(), ...options()]);
    expect([up.code, up.stderr]).toEqual([0, expect.any(String)]);
    expect(JSON.parse(up.stdout)).toMatchObject({ project, services: [{ name: "web" }, { name: "tools" }] });
    const stdout = await runProgram(["docker", "inspect", `${project}-web-1`]);
    expect(JSON.parse(stdout)).toMatchObject([
      {
        Config: {
          Env: expect.arrayContaining(["SITE=harbour"]),
          Labels: {
            [composeLabels.configFiles]: files.join(","),
            [composeLabels.workingFolder]: folder,
            [composeLabels.project]: project,
          },
        },
        HostConfig: { Memory: 24 * 1024 ** 2 },
        Mounts: [{ Source: join(folder, "data"), Destination: "/data" }],
      },
    ]);
  } finally {
    const down = await run(["down", ...files, ...options()]);
    expect([down.code, JSON.parse(down.stdout)]).toEqual([
      0,
      { project, containers: 2, networks: 1, volumes: 0, files: null },
    ]);
  }
  const left = await engine.listByLabel(`${composeLabels.project}=${project}`);
  expect([left.containers, left.networks]).toEqual([[], []]);
});

test("stack config, export and check take the same", async () => {
  for (const command of [["stack", "config"], ["stack", "export", "--to", "compose"], ["check"]]) {
    const { code, stdout, stderr } = await run([...command, ...dashed(), ...options()]);
    expect([command, code, stderr]).toEqual([command, 0, ""]);
    if (command[0] === "stack") expect(stdout).toMatch(/harbour/);
    // The service of the profile is checked with the others.
    else expect(stdout).toMatch(/`?tools`?/);
  }
});

test("a run is remembered with all its files", async () => {
  const budget = ["--budget", "memory=256MiB,cpus=1", "--duration", "3s", "--warm-up", "1s"];
  const { code, stdout, stderr } = await run(["profile", ...files, ...options(), ...budget]);
  expect([code, stderr]).toEqual([expect.toBeOneOf([0, 5]), expect.any(String)]);
  const { runId } = JSON.parse(stdout);
  const { runs } = JSON.parse((await run(["runs"])).stdout);
  expect(runs).toMatchObject([{ id: runId, stackName: project, files, request: { profiles: ["tools"] } }]);
});
