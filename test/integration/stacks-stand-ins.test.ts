import { existsSync, readdirSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { type Engine, openLocalEngine } from "../../src/main/engines/index.ts";
import { composeLabels } from "../../src/main/stacks/index.ts";
import { BUSYBOX_IMAGE, ensureImages } from "../lab/images.ts";
import { ensureLocalEngine } from "../lab/lab.ts";
import { bayplan, startBayplan } from "./bayplan-command.ts";

let folder: string;
let engine: Engine;
let project: string;

beforeAll(async () => {
  await ensureLocalEngine();
  await ensureImages();
  engine = await openLocalEngine();
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "bayplan-stand-ins-"));
  await mkdir(join(folder, "tmp"));
  project = `bptest-${process.pid}-${Math.random().toString(36).slice(2, 8)}`;
});

afterEach(async () => {
  const down = await run(["down", "."], ["--volumes"]);
  expect([down.code, down.stderr]).toEqual([0, expect.any(String)]);
  await expect.poll(servingFolders, { timeout: 10_000 }).toEqual([]);
  await rm(folder, { recursive: true });
});

afterAll(() => engine.close());

/** Folders of what is served: each is gone with the stack that it was for. */
function servingFolders(): string[] {
  return readdirSync(join(folder, "tmp")).filter((name) => name.startsWith("bayplan-here-"));
}

async function files(texts: Record<string, string>): Promise<void> {
  for (const [name, text] of Object.entries(texts)) {
    await mkdir(join(folder, name, ".."), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}

function options() {
  return { home: join(folder, "home"), env: { TMPDIR: join(folder, "tmp") } };
}

function run([command = "", ...rest]: string[], more: string[] = []) {
  const words = rest.map((word) => (word === "." ? folder : word));
  return bayplan([command, ...words, ...more], options());
}

async function logOf(service: string): Promise<string[]> {
  const containers = await engine.listByLabel(`${composeLabels.project}=${project}`);
  const found = containers.containers.find(({ labels }) => labels[composeLabels.service] === service);
  const lines: string[] = [];
  const request = { containerIds: [found?.id ?? ""], tail: 1000, follow: false };
  for await (const batch of engine.logs(request, new AbortController().signal)) {
    lines.push(...batch.lines.map(({ text }) => text));
  }
  return lines;
}

const service = (name: string, keys: string) =>
  `  ${name}: {image: "${BUSYBOX_IMAGE}", init: true, stop_grace_period: 1s, ${keys}}\n`;

test("up runs a stack whose hardware is not here: a fed serial port, a folder, variables, a service", async () => {
  await files({
    "compose.yaml":
      `name: ${project}\nservices:\n` +
      service("gps", "devices: ['/dev/no-tty0:/dev/ttyUSB0'], command: cat /dev/ttyUSB0") +
      service("bus", "volumes: ['/run/no-bus:/bus'], command: [sh, -c, 'cat /bus/who; echo $$MODE; sleep 1000']") +
      service("cloud", "command: [sh, -c, 'exit 3']"),
    "bayplan.yaml":
      "local:\n  environment: {MODE: bench}\n  devices:\n    /dev/no-tty0: {serial: ./nmea, every: 50ms}\n" +
      "  binds: {/run/no-bus: ./bus}\n  services:\n    cloud: {omit: true}\n",
    nmea: "$GPGGA,1\r\n$GPGGA,2\r\n",
    "bus/who": "a folder\n",
  });
  const up = await run(["--json", "up", "."]);
  expect([up.code, JSON.parse(up.stdout)]).toMatchObject([
    0,
    {
      kind: "up",
      services: [{ name: "gps" }, { name: "bus" }],
      substitutions: [
        { kind: "service", service: "cloud", instead: "left out", place: { line: 7, column: 5 } },
        { kind: "device", service: "gps", what: "/dev/no-tty0", place: { line: 4, column: 5 } },
        { kind: "bind", service: "bus", what: "/run/no-bus", instead: "bus" },
        { kind: "environment", service: null, what: "MODE" },
      ],
    },
  ]);
  // A line each way of the file, and from its start again.
  await expect
    .poll(() => logOf("gps"), { timeout: 10_000 })
    .toEqual(expect.arrayContaining(["$GPGGA,1", "$GPGGA,2", "$GPGGA,1"]));
  expect(await logOf("bus")).toEqual(["a folder", "bench"]);

  const again = await run(["up", "."]);
  expect(again.stdout).toContain("gps: /dev/no-tty0 is a pseudo terminal fed from nmea, a line every 50 ms");
  // The port of before ended with its container; that of now is another one.
  await expect.poll(servingFolders, { timeout: 10_000 }).toHaveLength(1);
  await expect.poll(() => logOf("gps"), { timeout: 10_000 }).not.toEqual([]);
});

test("a serial port that a TCP server feeds gets bytes both ways", async () => {
  const heard: string[] = [];
  const server = createServer((socket) => {
    socket.write("from the simulator\n");
    socket.on("data", (bytes) => heard.push(bytes.toString()));
    socket.on("error", () => undefined);
  });
  const port = await new Promise<number>((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
  try {
    await files({
      "compose.yaml": `name: ${project}\nservices:\n${service("modem", "devices: [/dev/no-modem], command: [sh, -c, 'read line < /dev/no-modem; echo $$line; echo AT > /dev/no-modem; sleep 1000']")}`,
      "bayplan.yaml": `local: {devices: {/dev/no-modem: {serial: "tcp://127.0.0.1:${port}"}}}`,
    });
    expect((await run(["up", "."])).code).toBe(0);
    await expect.poll(() => logOf("modem"), { timeout: 10_000 }).toEqual(["from the simulator"]);
    await expect.poll(() => heard.join(""), { timeout: 10_000 }).toBe("AT\n");
  } finally {
    await run(["down", "."]);
    server.close();
  }
});

test("a device that is not here and has no stand-in is said before anything is made", async () => {
  await files({ "compose.yaml": `name: ${project}\nservices:\n${service("cam", "devices: [/dev/no-video0]")}` });
  const up = await run(["--json", "up", "."]);
  expect([up.code, JSON.parse(up.stdout)]).toMatchObject([
    2,
    {
      error: {
        code: "not-found",
        message: expect.stringContaining("compose.yaml:3:3: cam asks for /dev/no-video0"),
        hint: expect.stringContaining("local: {devices: {/dev/no-video0: omit}}"),
      },
    },
  ]);
  expect((await engine.listByLabel(`${composeLabels.project}=${project}`)).networks).toEqual([]);
});

test("a stack that does not come up takes its serial port with it", async () => {
  await files({
    "compose.yaml": `name: ${project}\nservices:\n${service("gps", "devices: [/dev/no-tty0], command: [sh, -c, 'exit 3']")}`,
    "bayplan.yaml": "local: {devices: {/dev/no-tty0: {serial: ./nmea}}}",
    nmea: "$GP\n",
  });
  expect((await run(["up", "."])).code).toBe(3);
  expect(servingFolders()).toEqual([]);
});

test("an up that is stopped takes its serial port with it", async () => {
  await files({
    "compose.yaml": `name: ${project}\nservices:\n${service("gps", "devices: [/dev/no-tty0], command: sleep 1000, healthcheck: {test: 'false', interval: 1s, retries: 100}")}`,
    "bayplan.yaml": "local: {devices: {/dev/no-tty0: {serial: ./nmea}}}",
    nmea: "$GP\n",
  });
  const child = startBayplan(["up", folder], options());
  await expect.poll(servingFolders, { timeout: 20_000 }).toHaveLength(1);
  // The hardest end: the process that serves notices that whoever started it is gone.
  child.kill("SIGKILL");
  await expect.poll(servingFolders, { timeout: 10_000 }).toEqual([]);
});

test("a run is measured with its stand-ins and remembers them", async () => {
  await files({
    "compose.yaml": `name: ${project}\nservices:\n${service("gps", "devices: [/dev/no-tty0], command: cat /dev/no-tty0")}`,
    "bayplan.yaml": "local: {devices: {/dev/no-tty0: {serial: ./nmea, every: 20ms}}}",
    nmea: "$GP\n",
  });
  const line = "gps: /dev/no-tty0 is a pseudo terminal fed from nmea, a line every 20 ms";
  const words = ["--budget", "memory=64MiB,cpus=1", "--duration", "2s", "--warm-up", "0s"];
  const profile = await run(["--json", "profile", "."], words);
  const result = JSON.parse(profile.stdout);
  expect(result.substitutions).toMatchObject([{ kind: "device", service: "gps", what: "/dev/no-tty0" }]);
  expect(existsSync(join(folder, "home", "runs", result.runId, "run.json"))).toBe(true);
  const shown = await run(["runs", "show", result.runId]);
  expect(shown.stdout).toContain(`Ran with stand-ins:\n  ${line}`);
});
