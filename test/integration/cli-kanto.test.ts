import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import * as z from "zod";
import { containerSchema } from "../../src/shared/domain/index.ts";
import { type KantoDevice, makeKantoDevice } from "../lab/kanto/kanto-device.ts";
import { bayplan } from "./bayplan-command.ts";
import { type SshServer, startSshServer } from "./ssh-server-fixture.ts";

let home: string;
let logs: string;
let device: KantoDevice;
let server: SshServer;
let address: string;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "bayplan-cli-kanto-"));
  logs = mkdtempSync(join(tmpdir(), "bayplan-cli-kanto-logs-"));
  device = makeKantoDevice();
  // Whoever logs in does not see this machine's own engine.
  const hidden = "mount -t tmpfs tmpfs /run && mkdir /run/sshd";
  server = await startSshServer({ SetEnv: `SHLVL=5 "PATH=${device.path}"` }, hidden);
  address = `root@127.0.0.1:${server.port}`;
});

afterAll(async () => {
  await server.stop();
  device.remove();
  rmSync(home, { recursive: true });
  rmSync(logs, { recursive: true });
});

function run(args: string[]) {
  return bayplan(args, { home, env: { BAYPLAN_SSH_KEY: join(server.folder, "id") } });
}

test("ps and logs show what a device with Kanto runs", async () => {
  const { container_id: id } = device.state.create({
    container_name: "press",
    image: { name: "docker.io/library/redis:7" },
    host_config: { log_config: { driver_config: { type: "json-file", max_files: 2, max_size: "1M", root_dir: logs } } },
  });
  device.state.start(id);
  device.state.log(id, "stderr", "pressure is low\n");
  await run(["devices", "add", address]);
  const trusted = await run(["devices", "trust", address, "--fingerprint", server.fingerprint]);
  expect([trusted.code, trusted.stderr]).toEqual([0, expect.anything()]);

  const listed = await run(["--json", "ps", address]);
  expect(listed.code).toBe(0);
  const { containers } = z.object({ containers: z.array(containerSchema) }).parse(JSON.parse(listed.stdout));
  expect(containers).toMatchObject([{ id, name: "press", state: "running", image: "docker.io/library/redis:7" }]);

  const read = await run(["logs", address, "press"]);
  expect(read.code).toBe(0);
  expect(read.stdout).toMatch(/press {2}started\n.*press {2}pressure is low\n$/);

  const missing = await run(["--json", "logs", address, "nobody"]);
  expect(JSON.parse(missing.stdout)).toMatchObject({ error: { code: "not-found" } });
}, 60_000);
