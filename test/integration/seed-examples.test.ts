/**
 * Stacks of the shapes that the documentation of each system shows: they load, run on the engine of this machine with stand-ins for
 * images of a registry, and are checked with what that documentation itself warns about.
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Engine, openLocalEngine } from "../../src/main/engines/index.ts";
import {
  checkStack,
  composeLabels,
  openStack,
  removeStack,
  requireStack,
  startStack,
} from "../../src/main/stacks/index.ts";
import { currentOwner } from "../../src/main/store/index.ts";
import type { OpenedStack, StackFormat } from "../../src/shared/domain/index.ts";
import { BUSYBOX_IMAGE, ensureImages } from "../lab/images.ts";
import { ensureLocalEngine } from "../lab/lab.ts";
import { run, tryRun } from "../lab/run.ts";
import { freePort } from "./stacks-bench.ts";

/** Names of images that only a registry has, and that run for as long as they are let. */
const standIns = [
  "acme/press-api:latest",
  "redis:7-alpine",
  "redis:alpine",
  "python:3.11-slim",
  "docker.io/library/influxdb:1.8.4",
  "docker.io/library/hello-world:latest",
  "eclipse-mosquitto:2.0",
  "acme/viewer:3.2.1",
];
const made: string[] = [];
let folder: string;
let engine: Engine;
let port: number;

beforeAll(async () => {
  await ensureLocalEngine();
  await ensureImages();
  engine = await openLocalEngine();
  folder = await mkdtemp(join(tmpdir(), "bayplan-seeds-"));
  port = await freePort();
  const dockerfile = await put("stand-in/Dockerfile", `FROM ${BUSYBOX_IMAGE}\nCMD ["sleep", "1000"]\n`);
  for (const name of standIns) {
    // An image that is really here is nobody's to replace.
    if ((await tryRun(["docker", "image", "inspect", name])).code === 0) continue;
    await run(["docker", "build", "-q", "-t", name, dirname(dockerfile)]);
    made.push(name);
  }
});

afterAll(async () => {
  engine.close();
  if (made.length > 0) await run(["docker", "image", "rm", ...made]);
  await rm(folder, { recursive: true });
});

async function put(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  return path;
}

/** Opens a stack under a name of its own, and runs it until the test has looked at it. */
async function runs(path: string, format: StackFormat, look?: (project: string) => Promise<void>) {
  const project = `seed-${process.pid}-${format}`;
  const opened: OpenedStack = await openStack(path, {}, { name: project });
  expect([opened.format, opened.findings.filter(({ severity }) => severity === "error")]).toEqual([format, []]);
  const stack = requireStack(opened);
  const built = stack.services.filter(({ build }) => build !== null).map(({ name }) => `${project}-${name}`);
  try {
    const running = await startStack({ engine, stack, owner: currentOwner() });
    running.close();
    const { containers } = await engine.listByLabel(`${composeLabels.project}=${project}`);
    expect(
      containers
        .filter((one) => one.running)
        .map(({ labels }) => labels[composeLabels.service])
        .sort(),
    ).toEqual(stack.services.map(({ name }) => name).sort());
    await look?.(project);
  } finally {
    await removeStack({ engine, project, volumes: true });
    if (built.length > 0) await run(["docker", "image", "rm", ...built]);
  }
  return opened;
}

/** What is found, as `rule service`: the rules that say something, for the system that the format belongs to. */
async function found(path: string): Promise<{ target: string; rules: string[] }> {
  const { checked, target } = await checkStack({ file: path, target: null, device: null, environment: {} });
  return { target, rules: [...new Set(checked.map(({ finding }) => finding.rule))] };
}

const inside = async (project: string, service: string, ...command: string[]) =>
  run(["docker", "exec", `${project}-${service}-1`, ...command]);

test("TelemetryOS: containers of a config are reached by their names; limits, storage and pinned images are missed", async () => {
  const config = {
    name: "press-line",
    version: "1.0.0",
    mountPoints: { render: "/render" },
    containers: [
      { name: "press-api", image: "acme/press-api:latest", port },
      { name: "press-cache", image: "redis:7-alpine", port: await freePort() },
    ],
  };
  const path = await put("telemetryos/telemetry.config.json", JSON.stringify(config, null, 2));
  await runs(path, "telemetryos", async (project) => {
    await inside(project, "press-api", "ping", "-c", "1", "press-cache");
  });
  const { target, rules } = await found(path);
  expect(target).toBe("telemetryos");
  expect(rules).toEqual(expect.arrayContaining(["image.latest", "telemetryos.unbounded", "telemetryos.no-storage"]));

  const clash = { ...config, containers: config.containers.map((one) => ({ ...one, port })) };
  const other = await put("clash/telemetry.config.json", JSON.stringify(clash));
  const remarks = (await openStack(other, {})).findings.map(({ message }) => message).join("\n");
  expect(remarks).toMatch(/port/i);
});

test("Particle: a build with a service beside it, found through the blueprint", async () => {
  await put("particle/blueprint.yaml", "name: press\ncontainers: containers\n");
  await put(
    "particle/containers/Dockerfile",
    'FROM python:3.11-slim\nCOPY . /app\nWORKDIR /app\nCMD ["sleep", "1000"]\n',
  );
  await put(
    "particle/containers/docker-compose.yml",
    "services:\n  vision:\n    build: .\n    restart: always\n  cache:\n    image: redis:alpine\n",
  );
  const path = join(folder, "particle");
  await runs(path, "particle", async (project) => {
    expect(await inside(project, "vision", "ls", "/app")).toContain("Dockerfile");
  });
  const { target, rules } = await found(path);
  expect(target).toBe("particle");
  expect(rules).toEqual(
    expect.arrayContaining([
      "image.moving-tag",
      "limits.no-memory",
      "restart.missing",
      "storage.state-not-kept",
      "rights.root",
    ]),
  );
});

/** A request to ContainerFactory, with the commas and the empty entries that its documentation has. */
const withConfig = () => `{
  "topic": "plant/press:edge:containers/things/live/messages/createWithConfig",
  "headers": {"response-required": true, "content-type": "application/json", "correlation-id": "7"},
  "path": "/features/ContainerFactory/inbox/messages/createWithConfig",
  "value": {
    "imageRef": "docker.io/library/influxdb:1.8.4",
    "start": true,
    "config": {
      "domainName": "", "hostName": "", "env": [], "cmd": [], "privileged": false,
      "extraHosts": ["gateway:host_ip"], "extraCapabilities": [], "networkMode": "bridge",
      "openStdin": false, "tty": false,
      "mountPoints": [{"source": "", "destination": "", "propagationMode": "rprivate"}],
      "decryption": {"keys": [], "recipients": []},
      "devices": [{"pathOnHost": "", "pathInContainer": "", "cgroupPermissions": "rwm"}],
      "restartPolicy": {"type": "unless-stopped", "maxRetryCount": 0, "retryTimeout": 0},
      "portMappings": [{"proto": "tcp", "containerPort": 80, "hostIP": "127.0.0.1", "hostPort": ${port}, "hostPortEnd": ${port + 2},}],
      "log": {"type": "json-file", "maxFiles": 2, "maxSize": "100M", "rootDir": "", "mode": "blocking", "maxBufferSize": "1M"},
      "resources": {"memory": "", "memoryReservation": "", "memorySwap": ""},
    }
  }
}
`;

test("Kanto: the request with a whole configuration", async () => {
  const path = await put("kanto/create-with-config.json", withConfig());
  const { findings } = await runs(path, "kanto", async (project) => {
    const { containers } = await engine.listByLabel(`${composeLabels.project}=${project}`);
    const said = await run(["docker", "inspect", "--format", "{{json .HostConfig}}", containers[0]?.name ?? ""]);
    expect(JSON.parse(said)).toMatchObject({
      RestartPolicy: { Name: "unless-stopped" },
      LogConfig: { Type: "json-file", Config: { "max-file": "2" } },
      PortBindings: { "80/tcp": [{ HostIp: "127.0.0.1" }] },
    });
  });
  expect(findings.map(({ rule }) => rule)).toContain("kanto.trailing-comma");
  const { target, rules } = await found(path);
  expect(target).toBe("kanto");
  expect(rules).toEqual(expect.arrayContaining(["kanto.trailing-comma", "limits.no-memory"]));
});

test("Kanto: the request with an image alone", async () => {
  const message = {
    topic: "plant/press:edge:containers/things/live/messages/create",
    headers: { "response-required": true },
    path: "/features/ContainerFactory/inbox/messages/create",
    value: { imageRef: "docker.io/library/hello-world:latest", start: true },
  };
  const path = await put("kanto-create/create.json", JSON.stringify(message));
  await runs(path, "kanto");
  expect((await found(path)).rules).toContain("image.latest");
});

test("docker run: a broker with limits has no volume for its state, one with a volume no limits", async () => {
  const limited = await put(
    "limited/run.sh",
    "docker run \\\n  --memory=256m \\\n  --cpus=1 \\\n  --restart=always \\\n  eclipse-mosquitto:2.0\n",
  );
  await runs(limited, "docker-run");
  const first = await found(limited);
  expect(first.target).toBe("docker");
  expect(first.rules).toEqual(expect.arrayContaining(["storage.state-not-kept"]));
  expect(first.rules).not.toContain("limits.no-memory");

  const kept = await put(
    "kept/run.sh",
    "docker run \\\n  -v broker_data:/mosquitto/data \\\n  eclipse-mosquitto:2.0\n",
  );
  await runs(kept, "docker-run");
  const second = (await found(kept)).rules;
  expect(second).toEqual(expect.arrayContaining(["limits.no-memory", "limits.no-cpu", "restart.missing"]));
  expect(second).not.toContain("storage.state-not-kept");

  const moving = await put("moving/run.sh", "docker run mosquitto:latest\n");
  expect((await found(moving)).rules).toContain("image.latest");
});

test("balena: services behind one that is open, the D-Bus label, folders in memory", async () => {
  const dockerfile = `FROM ${BUSYBOX_IMAGE}\nCMD ["sleep", "1000"]\n`;
  for (const name of ["gate", "pages", "store"]) await put(`balena/${name}/Dockerfile`, dockerfile);
  const path = await put(
    "balena/docker-compose.yml",
    `version: '2'
services:
  pages:
    build: ./pages
    expose:
      - "80"
  gate:
    build: ./gate
    depends_on:
      - pages
      - store
    ports:
      - "127.0.0.1:${port}:80"
  store:
    build: ./store
    expose:
      - "8080"
  bus:
    image: acme/viewer:3.2.1
    environment:
      - 'DBUS_SYSTEM_BUS_ADDRESS=unix:path=/host/run/dbus/system_bus_socket'
    labels:
      io.balena.features.dbus: '1'
    tmpfs:
      - /tmp
      - /var/tmp
`,
  );
  const { findings } = await runs(path, "balena", async (project) => {
    await inside(project, "gate", "ping", "-c", "1", "store");
    expect(await inside(project, "bus", "mount")).toMatch(/tmpfs on \/var\/tmp/);
    expect(await inside(project, "bus", "env")).toMatch(/^BALENA=1$/m);
  });
  // The bus of this machine is not given away.
  expect(findings.map(({ message }) => message).join("\n")).toMatch(/dbus/);
  const { target, rules } = await found(path);
  expect(target).toBe("balena");
  expect(rules).toEqual(expect.arrayContaining(["limits.no-memory"]));
});
