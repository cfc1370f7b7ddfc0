import { describe, expect, test } from "vitest";
import { engineAccess, engineStart, engineStatus } from "../../../../src/shared/domain/index.ts";

describe("what to type on the machine of an engine", () => {
  test.each([
    ["/var/run/docker.sock", "sudo systemctl start docker"],
    ["/var/run/docker.sock on pi@10.0.0.7:22", "sudo systemctl start docker"],
    ["/run/user/1000/docker.sock", "systemctl --user start docker"],
    ["/run/podman/podman.sock", "sudo systemctl start podman.socket"],
    ["/run/user/1000/podman/podman.sock", "systemctl --user start podman.socket"],
    ["/var/run/balena-engine.sock", "sudo systemctl start balena"],
    ["/var/run/balena.sock", "sudo systemctl start balena"],
    ["/run/container-management/container-management.sock", "sudo systemctl start container-management"],
  ])("%s is started with %s", (place, command) => {
    expect(engineStart(place)).toBe(command);
    expect(engineStatus(place)).toBe(command.replace("start", "status"));
  });

  test("a group lets in to Docker, and to nothing else", () => {
    expect(engineAccess("/var/run/docker.sock", "pi")).toContain("usermod -aG docker pi");
    for (const place of ["/run/podman/podman.sock", "/var/run/balena-engine.sock", "/run/user/1/docker.sock"]) {
      expect(engineAccess(place, "pi")).not.toContain("usermod");
    }
  });
});
