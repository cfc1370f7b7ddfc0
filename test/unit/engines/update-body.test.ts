import { expect, it } from "vitest";
import { containerBody, updateBody } from "../../../src/main/engines/docker-api/container-body.ts";
import { engineInfoFrom } from "../../../src/main/engines/docker-api/engine-info.ts";
import type { ContainerSpec } from "../../../src/main/engines/engine.ts";
import { whyNot } from "../../../src/shared/domain/index.ts";
import { serviceOf } from "../../integration/engines-fixture.ts";

const nothing = { memoryBytes: null, memoryReservationBytes: null, cpuCores: null, restart: null };

it("a change holds what is to change, and nothing else", () => {
  expect(updateBody(nothing, {})).toEqual({});
  expect(updateBody({ ...nothing, memoryBytes: 64 }, {})).toEqual({ Memory: 64, MemorySwap: 64 });
  const restart = { policy: "on-failure" as const, maximumRetries: 2 };
  expect(updateBody({ ...nothing, restart }, {})).toEqual({
    RestartPolicy: { Name: "on-failure", MaximumRetryCount: 2 },
  });
});

it("a CPU limit is changed in the form that the container has", () => {
  expect(updateBody({ ...nothing, cpuCores: 0.5 }, {})).toEqual({ NanoCpus: 500_000_000 });
  expect(updateBody({ ...nothing, cpuCores: 0.5 }, { CpuQuota: 2_000, CpuPeriod: 10_000 })).toEqual({
    CpuPeriod: 10_000,
    CpuQuota: 5_000,
  });
  expect(updateBody({ ...nothing, cpuCores: 0.5 }, { CpuQuota: 2_000 })).toEqual({
    CpuPeriod: 100_000,
    CpuQuota: 50_000,
  });
});

it("a network that is a mode has no endpoint: Podman refuses one", () => {
  const spec = (name: string): ContainerSpec => ({
    name: "x",
    image: "i",
    service: serviceOf(),
    labels: {},
    environment: {},
    ports: [],
    mounts: [],
    networks: [{ name, aliases: [] }],
    limits: {
      memoryBytes: null,
      memoryReservationBytes: null,
      cpuPeriodUs: null,
      cpuQuotaUs: null,
      cpuset: null,
      pids: null,
    },
    cgroupParent: null,
  });
  for (const mode of ["host", "none", "container:abc"]) {
    const body = containerBody(spec(mode));
    expect(body).not.toHaveProperty("NetworkingConfig");
    expect(body).toHaveProperty("HostConfig.NetworkMode", mode);
  }
  expect(containerBody(spec("field"))).toHaveProperty("NetworkingConfig.EndpointsConfig.field");
});

it("an old Podman says beforehand that it cannot change a container", () => {
  const info = { Architecture: "x86_64", NCPU: 1, MemTotal: 1, DockerRootDir: "/" };
  const version = (Version: string) => ({
    Version,
    ApiVersion: "1.41",
    Components: [{ Name: "Podman Engine", Version }],
  });
  expect(whyNot(engineInfoFrom(version("4.3.1"), info, "1.41", "/s"), "update")).toContain("Podman 4.3.1");
  expect(whyNot(engineInfoFrom(version("5.4.0"), info, "1.41", "/s"), "update")).toBeNull();
});
