// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of a compose file look like this.
import { join } from "node:path";
import { expect, test } from "vitest";
import { folderWith, open, openService, service } from "./stack-folder.ts";

const tcp = { hostAddress: null, hostPort: null, protocol: "tcp" };

test.each([
  ["80", [{ ...tcp, containerPort: 80 }]],
  ["8080:80", [{ ...tcp, hostPort: 8080, containerPort: 80 }]],
  ["127.0.0.1:8080:80", [{ ...tcp, hostAddress: "127.0.0.1", hostPort: 8080, containerPort: 80 }]],
  ["127.0.0.1::80", [{ ...tcp, hostAddress: "127.0.0.1", containerPort: 80 }]],
  ["[::1]:8080:80", [{ ...tcp, hostAddress: "::1", hostPort: 8080, containerPort: 80 }]],
  ["53:53/udp", [{ ...tcp, hostPort: 53, containerPort: 53, protocol: "udp" }]],
  ["3000-3001", [3000, 3001].map((containerPort) => ({ ...tcp, containerPort }))],
  ["9090-9091:80-81", [0, 1].map((n) => ({ ...tcp, hostPort: 9090 + n, containerPort: 80 + n }))],
])("the port %s", async (text, ports) => {
  expect((await service(`ports: ["${text}"]`)).ports).toEqual(ports);
});

test("ports in the long form, and as a number", async () => {
  const { ports } = await service(
    "ports:\n  - 80\n  - {target: 81, published: '82', host_ip: 127.0.0.1, protocol: udp}",
  );
  expect(ports).toEqual([
    { ...tcp, containerPort: 80 },
    { containerPort: 81, hostPort: 82, hostAddress: "127.0.0.1", protocol: "udp" },
  ]);
});

test.each(["70000", "80:", "a:80", "1:2:3:4", "80/icmp", "5-3", "1-3:1-2"])("%s is no port", async (text) => {
  const { stack, findings } = await openService(`ports: ["${text}"]`);
  expect(stack).toBeNull();
  expect(findings.map(({ rule }) => rule)).toEqual(["compose.bad-value"]);
});

test("an immense port range is refused instead of built", async () => {
  const { findings } = await openService(`ports: [${Array(200).fill('"1-65535"').join(", ")}]`);
  expect(findings.map(({ message }) => message)).toContain("Service `web` publishes more than 1000 ports.");
});

test("volumes: named, bind, anonymous, read-only and tmpfs", async () => {
  const folder = await folderWith({
    "compose.yaml": `
services:
  web:
    image: nginx
    volumes:
      - data:/data
      - ./:/here:ro
      - /:/root
      - /anonymous
      - {type: volume, source: data, target: /again, read_only: true}
      - {type: bind, source: ., target: /bound, bind: {create_host_path: false}}
      - {type: tmpfs, target: /scratch, tmpfs: {size: 4m}}
    tmpfs: [/run, "/tmp:size=64m"]
volumes: {data: }
`,
  });
  const { stack, findings } = await (await import("../../../../src/main/stacks/index.ts")).openStack(folder, {});
  expect(findings).toEqual([]);
  const plain = { readOnly: false, tmpfsBytes: null };
  expect(stack?.services[0]?.mounts).toEqual([
    { ...plain, kind: "volume", source: "data", target: "/data" },
    { ...plain, kind: "bind", source: folder, target: "/here", readOnly: true },
    { ...plain, kind: "bind", source: "/", target: "/root" },
    { ...plain, kind: "volume", source: null, target: "/anonymous" },
    { ...plain, kind: "volume", source: "data", target: "/again", readOnly: true },
    { ...plain, kind: "bind", source: folder, target: "/bound", mustExist: true },
    { ...plain, kind: "tmpfs", source: null, target: "/scratch", tmpfsBytes: 4 * 1024 ** 2 },
    { ...plain, kind: "tmpfs", source: null, target: "/run" },
    { ...plain, kind: "tmpfs", source: null, target: "/tmp", tmpfsBytes: 64 * 1024 ** 2 },
  ]);
});

test("a volume of one letter is a drive to Compose, and that is said", async () => {
  const text = "services: {a: {image: x, volumes: ['d:/d']}}\nvolumes: {d: }";
  expect((await open(text)).findings).toMatchObject([
    { rule: "compose.bad-value", hint: expect.stringContaining("a drive"), place: { line: 1, column: 36 } },
  ]);
  const windows = (await open("services: {a: {image: x, volumes: ['C:/x:/d', 'C:\\y:/e']}}")).stack?.services[0]
    ?.mounts;
  expect(windows?.map(({ kind, source, target }) => [kind, source, target])).toEqual([
    ["bind", "C:/x", "/d"],
    ["bind", "C:\\y", "/e"],
  ]);
});

test("commands are split like a shell, lists stay", async () => {
  const { command, entrypoint } = await service(`command: sh -c "echo 'a b' $$HOME"\nentrypoint: [tini, --]`);
  expect(command).toEqual(["sh", "-c", "echo 'a b' $HOME"]);
  expect(entrypoint).toEqual(["tini", "--"]);
});

test("environment: numbers and booleans as they print, a name alone from outside, env files below it", async () => {
  const text = `
services:
  web:
    image: nginx
    env_file: [one.env, {path: missing.env, required: false}]
    environment: {NUMBER: 1.5, FLAG: true, OUTSIDE: , NOWHERE: , FILE_B: over}
`;
  const files = { "one.env": "FILE_A=a\nFILE_B=b\nFROM_ENV" };
  const { stack, findings } = await open(text, { OUTSIDE: "out", FROM_ENV: "env" }, files);
  expect(findings).toEqual([]);
  expect(stack?.services[0]?.environment).toEqual({
    FILE_A: "a",
    FILE_B: "over",
    FROM_ENV: "env",
    NUMBER: "1.5",
    FLAG: "true",
    OUTSIDE: "out",
  });
});

test("environment and labels as lists", async () => {
  const { environment, labels } = await service('environment: ["A=1=2", B, "C="]\nlabels: ["a.b=c", d]', { B: "out" });
  expect(environment).toEqual({ A: "1=2", B: "out", C: "" });
  expect(labels).toEqual({ "a.b": "c", d: "" });
});

test("health checks", async () => {
  const whole = await service(
    "healthcheck: {test: curl -f x, interval: 1m30s, timeout: 10s, start_period: 0.5s, retries: 3}",
  );
  expect(whole.healthcheck).toEqual({
    test: ["CMD-SHELL", "curl -f x"],
    intervalMs: 90_000,
    timeoutMs: 10_000,
    startPeriodMs: 500,
    retries: 3,
  });
  expect((await service('healthcheck: {test: ["CMD", "true"]}')).healthcheck?.test).toEqual(["CMD", "true"]);
  expect((await service("healthcheck: {disable: true}")).healthcheck?.test).toEqual(["NONE"]);
  expect((await service("healthcheck: {interval: 5s}")).healthcheck?.test).toEqual([]);
  expect((await openService("healthcheck: {test: [curl, x]}")).stack).toBeNull();
});

test.each([
  ["restart: always", { policy: "always", maximumRetries: null }],
  ["restart: no", { policy: "no", maximumRetries: null }],
  ['restart: "on-failure:3"', { policy: "on-failure", maximumRetries: 3 }],
  ["restart: on-failure", { policy: "on-failure", maximumRetries: null }],
  ["init: true", { policy: "no", maximumRetries: null }],
])("%s", async (keys, restart) => {
  expect((await service(keys)).restart).toEqual(restart);
});

test("limits come from the service's own keys or from deploy", async () => {
  const own = await service("mem_limit: 64m\nmem_reservation: 32m\ncpus: 0.5\npids_limit: 100");
  const deployed = await service(
    'deploy: {replicas: 1, resources: {limits: {memory: 64m, cpus: "0.5", pids: 100}, reservations: {memory: 32m}}}',
  );
  expect(own.limits).toEqual({
    memoryBytes: 64 * 1024 ** 2,
    memoryReservationBytes: 32 * 1024 ** 2,
    cpuCores: 0.5,
    pids: 100,
  });
  expect(deployed.limits).toEqual(own.limits);
  const none = await service("mem_limit: 0\npids_limit: -1");
  expect(none.limits).toEqual({ memoryBytes: null, memoryReservationBytes: null, cpuCores: null, pids: null });
});

test("both kinds of limit may agree, but not differ", async () => {
  expect((await service("mem_limit: 64m\ndeploy: {resources: {limits: {memory: 64MiB}}}")).limits.memoryBytes).toBe(
    64 * 1024 ** 2,
  );
  const { stack, findings } = await openService("mem_limit: 64m\ndeploy: {resources: {limits: {memory: 65m}}}");
  expect(stack).toBeNull();
  expect(findings).toMatchObject([
    { rule: "compose.conflicting-limits", severity: "error", place: { line: 5, column: 16 } },
  ]);
});

test("flags and texts, also from variables", async () => {
  const web = await service(
    'read_only: ${RO}\ninit: true\nuser: "1000"\nhostname: h\ncontainer_name: c\nworking_dir: /w\nstop_signal: SIGINT\nstop_grace_period: 1m\nx-bayplan: {batch: true}',
    { RO: "true" },
  );
  expect(web).toMatchObject({
    readOnly: true,
    init: true,
    user: "1000",
    hostName: "h",
    containerName: "c",
    workingFolder: "/w",
    stopSignal: "SIGINT",
    stopGraceMs: 60_000,
    batch: true,
    load: false,
  });
});

test("build, short and long", async () => {
  const folder = await folderWith({
    "compose.yaml":
      "services:\n  a: {build: ./app}\n  b: {build: {context: ., dockerfile: D, args: [X=1, Y], target: t}}\n",
  });
  const { openStack } = await import("../../../../src/main/stacks/index.ts");
  const { stack } = await openStack(join(folder, "compose.yaml"), { Y: "out" });
  expect(stack?.services.map(({ build }) => build)).toEqual([
    { context: join(folder, "app"), dockerfile: "Dockerfile", args: {}, target: null },
    { context: folder, dockerfile: "D", args: { X: "1", Y: "out" }, target: "t" },
  ]);
});
