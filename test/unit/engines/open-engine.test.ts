import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openEngine } from "../../../src/main/engines/index.ts";

let folder = "";
let server: Server | null = null;
const version = { Version: "4.3.1", ApiVersion: "1.41", MinAPIVersion: "1.24", Os: "linux", Arch: "arm64" };
const info = {
  Architecture: "arm64",
  CgroupVersion: "2",
  CgroupDriver: "systemd",
  NCPU: 4,
  MemTotal: 1e9,
  DockerRootDir: "/x",
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "bayplan-open-"));
});
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => server?.close(resolve));
  await rm(folder, { recursive: true });
});

/** An engine that needs so long for each answer, and answers a ping at once or never. */
async function listening(answerMs: number, pings: boolean): Promise<string> {
  const socket = join(folder, "engine.sock");
  server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://engine");
    if (pathname.endsWith("/_ping")) {
      if (pings) response.end("OK");
      return;
    }
    await sleep(answerMs, undefined, { ref: false });
    response.setHeader("Content-Type", "application/json");
    response.end(JSON.stringify(pathname.endsWith("/info") ? info : version));
  });
  await new Promise<void>((resolve) => server?.listen(socket, resolve));
  return socket;
}

test("an engine that is slow to say who it is, as Podman on a small board, is waited for while it answers a ping", async () => {
  const engine = await openEngine({ socketPath: await listening(700, true) }, { silenceMs: 300 });
  expect(await engine.info()).toMatchObject({ version: "4.3.1", platform: "linux/arm64" });
  engine.close();
});

test("one that gives no sign of life has timed out", async () => {
  const opening = openEngine({ socketPath: await listening(60_000, false) }, { silenceMs: 300 });
  await expect(opening).rejects.toMatchObject({
    code: "timed-out",
    message: "The container engine: the engine has not answered for 0.3 s.",
    hint: "The engine may be overloaded or hang.",
  });
});
