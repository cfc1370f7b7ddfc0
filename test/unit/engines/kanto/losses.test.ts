import { describe, expect, it } from "vitest";
import type { ContainerSpec } from "../../../../src/main/engines/index.ts";
import { kantoContainerBody, kantoLosses, withoutLosses } from "../../../../src/main/engines/kanto/container-body.ts";
import { readKantoFile } from "../../../../src/main/engines/kanto/container-file.ts";
import { AppError } from "../../../../src/shared/domain/index.ts";
import { serviceOf } from "../../../integration/engines-fixture.ts";

/** Everything that Kanto has no word for, at once. */
const demanding: ContainerSpec = {
  name: "all",
  image: "redis:7",
  service: serviceOf({
    name: "all",
    entrypoint: ["/x"],
    user: "1000",
    workingFolder: "/w",
    healthcheck: { test: ["CMD", "true"], intervalMs: null, timeoutMs: null, startPeriodMs: null, retries: null },
    readOnly: true,
    init: true,
    stopSignal: "SIGINT",
    stopGraceMs: 1_000,
  }),
  labels: { a: "b" },
  environment: { A: "1" },
  ports: [
    { containerPort: 80, hostPort: 8080, hostAddress: null, protocol: "tcp" },
    { containerPort: 81, hostPort: null, hostAddress: null, protocol: "tcp" },
    { containerPort: 82, hostPort: 82, hostAddress: null, protocol: "sctp" },
  ],
  mounts: [
    { kind: "bind", source: "/data", target: "/d", readOnly: true, tmpfsBytes: null },
    { kind: "volume", source: "v", target: "/v", readOnly: false, tmpfsBytes: null },
    { kind: "tmpfs", source: null, target: "/t", readOnly: false, tmpfsBytes: null },
  ],
  networks: [{ name: "net", aliases: ["all"] }],
  limits: {
    memoryBytes: 2 * 1024 * 1024,
    memoryReservationBytes: 4 * 1024 * 1024,
    cpuPeriodUs: 100_000,
    cpuQuotaUs: 50_000,
    cpuset: "0",
    pids: 10,
  },
  cgroupParent: "/x",
};

describe("what Kanto has no word for", () => {
  it("is named, each thing once, and gone from what is left, which Kanto takes", () => {
    const fields = kantoLosses(demanding).map(({ field }) => field);
    expect(fields).toHaveLength(new Set(fields).size);
    expect(fields).toHaveLength(22);
    const left = withoutLosses(demanding);
    expect(kantoLosses(left)).toEqual([]);
    expect(kantoContainerBody(left)).toMatchObject({
      config: { env: ["A=1"] },
      mount_points: [{ source: "/data", destination: "/d" }],
      host_config: { port_mappings: [{ host_port: 8080 }] },
    });
  });

  it("is nothing for a host network without ports, whose network stays", () => {
    const spec = { ...withoutLosses(demanding), networks: [{ name: "host", aliases: [] }], ports: demanding.ports };
    expect(kantoLosses(spec).map(({ field }) => field)).toContain("ports on the host's network");
    const left = withoutLosses(spec);
    expect([left.ports, left.networks]).toEqual([[], [{ name: "host", aliases: [] }]]);
    expect(kantoLosses(left)).toEqual([]);
  });
});

describe("a container in Kanto's own JSON", () => {
  it("says the same to kanto-cm and over MQTT, but for the spelling of enums and the unit of time", () => {
    const file = readKantoFile({
      container_name: "press",
      image: { name: "redis:7", decrypt_config: null },
      host_config: {
        privileged: false,
        devices: [{ path_on_host: "/dev/ttyS0" }],
        extra_hosts: ["host:host_ip"],
        network_mode: "bridge",
        restart_policy: { type: "unless-stopped", maximum_retry_count: 0, retry_timeout: 0 },
        log_config: { driver_config: { type: "json-file", max_files: 2 }, mode_config: { mode: "non-blocking" } },
        resources: null,
      },
      state: { status: 2 },
    });
    expect(file.wordless).toEqual([]);
    expect(file.body).toMatchObject({ container_name: "press", image: { name: "docker.io/library/redis:7" } });
    expect(file.body).not.toHaveProperty("state");
    expect(file.value).toEqual({
      imageRef: "docker.io/library/redis:7",
      name: "press",
      config: {
        privileged: false,
        devices: [{ pathOnHost: "/dev/ttyS0", pathInContainer: "/dev/ttyS0", cgroupPermissions: "rwm" }],
        extraHosts: ["host:host_ip"],
        networkMode: "BRIDGE",
        restartPolicy: { type: "UNLESS_STOPPED", maxRetryCount: 0, retryTimeout: 0 },
        log: { type: "JSON_FILE", maxFiles: 2, mode: "NON_BLOCKING" },
      },
    });
  });

  it("tells what only kanto-cm can say", () => {
    const file = readKantoFile({
      image: { name: "x.io/y:1" },
      hooks: [{ path: "/x" }],
      io_config: { attach_stdin: true },
      host_config: {
        runtime: "io.containerd.kata.v2",
        restart_policy: { type: "on-failure", retry_timeout: 1_500_000_000 },
      },
    });
    expect(file.name).toBeNull();
    expect(file.wordless).toEqual([
      "hooks",
      "io_config.attach_stdin",
      "host_config.runtime",
      "host_config.restart_policy.retry_timeout",
    ]);
  });

  it.each([
    [{}, "image"],
    [{ image: { name: "" } }, "image.name"],
    [{ image: { name: "redis:7" }, host_config: { memory: "1g" } }, "host_config"],
    [[], "expected object"],
    [null, "expected object"],
  ])("refuses %j with the place", (given, place) => {
    const read = () => readKantoFile(given);
    expect(read).toThrow(AppError);
    expect(read).toThrow(place);
  });
});
