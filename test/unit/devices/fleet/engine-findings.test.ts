import { expect, test } from "vitest";
import { engineFindings } from "../../../../src/main/devices/fleet/engine-findings.ts";
import type { EngineInfo } from "../../../../src/shared/domain/index.ts";

const engine: EngineInfo = {
  kind: "docker",
  version: "28.2.2",
  apiVersion: "1.50",
  socket: "/var/run/docker.sock",
  platform: "linux/arm64",
  cgroupVersion: 2,
  cgroupDriver: "systemd",
  cpus: 4,
  memoryBytes: 1e9,
  rootFolder: "/var/lib/docker",
  foundBy: null,
  capabilities: { unsupported: {} },
};

test("the usual way is not spoken of; the others are, with what they cost and the way out", () => {
  expect(engineFindings(null)).toEqual([]);
  expect(engineFindings(engine)).toEqual([]);
  expect(engineFindings({ ...engine, via: "socket" })).toEqual([]);
  const [dial] = engineFindings({ ...engine, via: "dial-stdio" });
  expect(dial).toMatchObject({ rule: "device.engine-through-command", severity: "info" });
  expect(dial?.hint).toContain("AllowStreamLocalForwarding yes");
  const [sudo] = engineFindings({ ...engine, via: "sudo" });
  expect(sudo?.message).toContain("with sudo");
});
