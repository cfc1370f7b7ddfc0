import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { openLocalEngine } from "../../src/main/engines/index.ts";
import { ensureImages } from "../lab/images.ts";
import { ensureLocalEngine } from "../lab/lab.ts";
import { bayplan, type CommandResult } from "./bayplan-command.ts";

/** Root reads every file and opens every socket: without these two capabilities it is refused as anybody else is. */
const asAnybody = [
  "setpriv",
  "--bounding-set=-dac_override,-dac_read_search",
  "--inh-caps=-dac_override,-dac_read_search",
];

const failureSchema = z.object({
  error: z.object({ code: z.string(), message: z.string().min(1), hint: z.string().nullable() }),
});

let folder: string;
let home: string;
let counter = 0;

beforeAll(async () => {
  await ensureLocalEngine();
  await ensureImages();
  folder = await mkdtemp(join(tmpdir(), "bayplan-bad-input-"));
});

beforeEach(() => {
  counter += 1;
  home = join(folder, `home-${counter}`);
});

afterAll(() => rm(folder, { recursive: true }));

async function fileWith(text: string): Promise<string> {
  const file = join(folder, `case-${counter}`, "compose.yaml");
  await mkdir(join(file, ".."), { recursive: true });
  await writeFile(file, text);
  return file;
}

async function containersOfTests(): Promise<string[]> {
  const engine = await openLocalEngine();
  try {
    const { containers, networks } = await engine.listByLabel("io.bayplan.owner");
    return [...containers, ...networks].map(({ name }) => name).filter((name) => name.startsWith("case-"));
  } finally {
    engine.close();
  }
}

/** One sentence that says what is wrong, one that says what to do, no stack trace, and nothing on stdout. */
function expectSentence(result: CommandResult, code: number, message: RegExp): void {
  expect(result.stderr).toMatch(message);
  expect(result.stderr).not.toMatch(/^\s+at /m);
  expect(result.stderr).not.toMatch(/\b(undefined|\[object|ENOENT|EACCES)\b/);
  expect(result.stdout).toBe("");
  expect(result.code).toBe(code);
}

const good = "services:\n  web:\n    image: bayplan-lab/busybox:1\n    command: sleep 60\n";
const onBoard = ["--device", "rpi-4b-2gb", "--duration", "1s"];

test("a missing file", async () => {
  expectSentence(await bayplan(["profile", join(folder, "no.yaml"), ...onBoard], { home }), 2, /no\.yaml/);
});

test("a file that may not be read", async () => {
  const file = await fileWith(good);
  await chmod(file, 0o000);
  expectSentence(
    await bayplan(["up", file], { home, prefix: asAnybody }),
    2,
    /permission|may not be read|cannot be read/i,
  );
});

test("an empty file", async () => {
  expectSentence(await bayplan(["up", await fileWith("")], { home }), 2, /empty/i);
});

test("a file that is no YAML", async () => {
  expectSentence(await bayplan(["up", await fileWith("services: [\n  {{{")], { home }), 2, /compose\.yaml:\d+/);
});

test("a binary file", async () => {
  expectSentence(await bayplan(["up", await fileWith("\u0000\u0001\u0002ELF")], { home }), 2, /text|binary|YAML/i);
});

test("YAML of another shape", async () => {
  expectSentence(await bayplan(["up", await fileWith("- a\n- b\n")], { home }), 2, /compose\.yaml/);
  expectSentence(await bayplan(["up", await fileWith("services:\n  web:\n    image: [1]\n")], { home }), 2, /image/);
});

test("a device that nobody knows, with near names", async () => {
  const result = await bayplan(["profile", await fileWith(good), "--device", "rpi-4b-2g", "--duration", "1s"], {
    home,
  });
  expectSentence(result, 2, /rpi-4b-2g is neither a model of the catalogue nor a known device/);
  expect(result.stderr).toContain("rpi-4b-2gb");
});

test("no target and an unknown option", async () => {
  expectSentence(await bayplan(["profile", await fileWith(good)], { home }), 2, /nothing to judge/);
  expectSentence(await bayplan(["profile", await fileWith(good), "--devise", "x"], { home }), 2, /--devise/);
  expectSentence(await bayplan(["profile", await fileWith(good), "--budget", "memory=lots"], { home }), 2, /memory/);
});

test("no engine", async () => {
  const env = { DOCKER_HOST: `unix://${join(folder, "no.sock")}` };
  expectSentence(await bayplan(["up", await fileWith(good)], { home, env }), 3, /no container engine answers/i);
});

test("an engine that refuses this user", async () => {
  const socket = join(folder, `engine-${counter}.sock`);
  const server = await listenOn(socket);
  try {
    await chmod(socket, 0o000);
    const env = { DOCKER_HOST: `unix://${socket}` };
    expectSentence(
      await bayplan(["up", await fileWith(good)], { home, env, prefix: asAnybody }),
      3,
      /refuses|permission/i,
    );
  } finally {
    await closed(server);
  }
});

test("an image that does not exist", async () => {
  const file = await fileWith("services:\n  web:\n    image: bayplan-lab/no-such-image:9\n");
  expectSentence(lastLines(await bayplan(["up", file], { home })), 2, /no-such-image:9/);
  expect(await containersOfTests()).toEqual([]);
});

test("a port that is in use", async () => {
  const server = await listenOn(0);
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  try {
    const file = await fileWith(`${good}    ports: ["${port}:80"]\n`);
    expectSentence(lastLines(await bayplan(["up", file], { home })), 2, new RegExp(String(port)));
    expect(await containersOfTests()).toEqual([]);
    expectSentence(await bayplan(["serve", "--port", String(port)], { home }), 2, new RegExp(String(port)));
  } finally {
    await closed(server);
  }
});

test("a data folder that cannot be written", async () => {
  const file = join(folder, "a-file");
  await writeFile(file, "");
  const result = await bayplan(["devices", "--timeout", "1s"], { home: join(file, "inside") });
  expect(result.code).toBe(2);
  expect(result.stderr).not.toMatch(/^\s+at /m);
});

test("under --json a failure is one object on stdout, with the same exit code", async () => {
  const result = await bayplan(["--json", "profile", join(folder, "no.yaml"), ...onBoard], { home });
  expect(result.code).toBe(2);
  expect(failureSchema.parse(JSON.parse(result.stdout)).error.code).toBe("not-found");
  expect(result.stdout.trim().split("\n")).toHaveLength(1);
});

/** Progress of the work so far stands above the sentence on stderr. */
function lastLines(result: CommandResult): CommandResult {
  return { ...result, stderr: result.stderr.trim().split("\n").slice(-2).join("\n") };
}

function listenOn(where: string | number): Promise<Server> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.on("error", reject);
    server.listen(where, () => resolve(server));
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
