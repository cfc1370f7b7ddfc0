import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Engine, openLocalEngine } from "../../src/main/engines/index.ts";
import { composeLabels } from "../../src/main/stacks/index.ts";
import { ensureImages, GATEWAY_IMAGE } from "../lab/images.ts";
import { ensureLocalEngine } from "../lab/lab.ts";
import { ensurePackages } from "../lab/packages.ts";
import { bayplan } from "./bayplan-command.ts";

/** An X client down to its bytes: it connects to DISPLAY, shows the cookie of XAUTHORITY, and tells what the server says. */
const client = `
import os, socket, struct, time
def cookie():
    with open(os.environ["XAUTHORITY"], "rb") as file: data = file.read()
    at, fields = 2, []
    for _ in range(4):
        size, = struct.unpack(">H", data[at:at + 2]); fields.append(data[at + 2:at + 2 + size]); at += 2 + size
    return fields[2], fields[3]
def pad(text): return text + bytes(-len(text) % 4)
display = os.environ.get("DISPLAY")
if display is None: print("no display", flush=True)
else:
    name, secret = cookie()
    server = socket.socket(socket.AF_UNIX); server.connect("/tmp/.X11-unix/X" + display.split(":")[1].split(".")[0])
    server.sendall(struct.pack("<BxHHHHxx", 0x6c, 11, 0, len(name), len(secret)) + pad(name) + pad(secret))
    print("let in" if server.recv(8)[0] == 1 else "refused", flush=True)
time.sleep(1000)
`;

let folder: string;
let engine: Engine;
const project = `bptest-desktop-${process.pid}`;

beforeAll(async () => {
  await ensurePackages(["xvfb"]);
  await ensureLocalEngine();
  await ensureImages();
  engine = await openLocalEngine();
  folder = await mkdtemp(join(tmpdir(), "bayplan-desktop-"));
  await mkdir(join(folder, "tmp"));
  const service = {
    image: GATEWAY_IMAGE,
    init: true,
    command: ["python3", "-c", client],
    environment: { DISPLAY: ":0" },
  };
  await writeFile(join(folder, "compose.yaml"), JSON.stringify({ name: project, services: { kiosk: service } }));
});

afterAll(async () => {
  engine.close();
  await rm(folder, { recursive: true });
});

/** An X server that lets in who knows its cookie, and the environment of somebody who does. */
async function startServer() {
  const secret = randomBytes(16);
  const field = (bytes: Buffer | string) => {
    const data = Buffer.from(bytes);
    return Buffer.concat([Buffer.from([data.length >> 8, data.length & 0xff]), data]);
  };
  // FamilyLocal: for clients of a host of this name, which a container is not.
  const record = (number: string) =>
    Buffer.concat([Buffer.from([1, 0]), field(hostname()), field(number), field("MIT-MAGIC-COOKIE-1"), field(secret)]);
  const authority = join(folder, "Xauthority");
  await writeFile(authority, record(""));
  const words = ["-displayfd", "1", "-auth", authority, "-nolisten", "tcp", "-screen", "0", "640x480x8"];
  const server = spawn("Xvfb", words, { stdio: ["ignore", "pipe", "ignore"] });
  const [number]: Buffer[] = await once(server.stdout, "data");
  const display = `:${String(number).trim()}`;
  await writeFile(authority, record(display.slice(1)));
  return {
    env: { DISPLAY: display, XAUTHORITY: authority, WAYLAND_DISPLAY: "" },
    async stop() {
      server.kill();
      await once(server, "exit");
    },
  };
}

async function said(): Promise<string[]> {
  const [container] = (await engine.listByLabel(`${composeLabels.project}=${project}`)).containers;
  const request = { containerIds: [container?.id ?? ""], tail: 10, follow: false };
  const lines: string[] = [];
  for await (const batch of engine.logs(request, new AbortController().signal)) {
    lines.push(...batch.lines.map(({ text }) => text));
  }
  return lines;
}

test("a service that asks for a display gets none, and with --desktop this machine's, cookie included", async () => {
  const server = await startServer();
  const run = (...words: string[]) =>
    bayplan([...words, folder], { home: join(folder, "home"), env: { ...server.env, TMPDIR: join(folder, "tmp") } });
  try {
    const headless = await run("up");
    expect(headless.stdout).toContain("kiosk: the display is left out; --desktop gives it");
    await expect.poll(said, { timeout: 10_000 }).toEqual(["no display"]);
    const desktop = await run("up", "--desktop");
    expect(desktop.stdout).toContain(`kiosk: the display is this machine's, ${server.env.DISPLAY}`);
    await expect.poll(said, { timeout: 10_000 }).toEqual(["let in"]);
  } finally {
    await run("down");
    await server.stop();
  }
  // The copy of the cookie is gone with the stack.
  await expect.poll(() => readdir(join(folder, "tmp")), { timeout: 10_000 }).toEqual([]);
});

test("--desktop without a display, or on a device, is refused", async () => {
  const env = { DISPLAY: "", WAYLAND_DISPLAY: "" };
  const options = { home: join(folder, "home"), env };
  expect(JSON.parse((await bayplan(["--json", "up", folder, "--desktop"], options)).stdout)).toMatchObject({
    error: { code: "unsupported" },
  });
  const on = await bayplan(["--json", "up", folder, "--desktop", "--on", "line-1"], options);
  expect([on.code, JSON.parse(on.stdout)]).toMatchObject([2, { error: { code: "bad-input" } }]);
});
