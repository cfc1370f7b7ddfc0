import { expect, test } from "vitest";
import {
  composeLabels,
  ownerLabel,
  removeStack,
  runLabel,
  type StackEvent,
  startStack,
} from "../../src/main/stacks/index.ts";
import { currentOwner, formatOwner } from "../../src/main/store/index.ts";
import { freePort, nothing, stacksBench } from "./stacks-bench.ts";

const bench = stacksBench();
const owner = currentOwner();

const sleeper = (name: string, more = "") => `  ${name}: {<<: *base, command: sleep 1000${more}}`;

test("a stack comes up in the order of its dependencies, serves its port, and down leaves nothing", async () => {
  const port = await freePort();
  const stack = await bench.stack(
    `
  web:
    <<: *base
    command: httpd -f -p 80 -h /data
    ports: ["127.0.0.1:${port}:80"]
    volumes: ["pages:/data:ro"]
    networks: {front: {aliases: [site]}}
    depends_on:
      writer: {condition: service_completed_successfully}
      back: {condition: service_healthy}
    healthcheck: {test: ["CMD", "wget", "-q", "-O", "/dev/null", "http://site/index.html"], interval: 500ms, retries: 20}
  writer:
    <<: *base
    command: sh -c "echo from the volume > /data/index.html; sleep 1"
    volumes: ["pages:/data"]
  back:
    <<: *base
    command: sh -c "sleep 1; touch /tmp/ready; sleep 1000"
    networks: [front, default]
    mem_limit: 32m
    healthcheck: {test: "test -f /tmp/ready", interval: 500ms, retries: 20}
`,
    "networks: {front: }\nvolumes: {pages: }",
  );
  const events: StackEvent[] = [];
  const running = await startStack({
    engine: bench.engine,
    stack,
    owner,
    labels: { [runLabel]: "test-run" },
    onEvent: (event) => events.push(event),
  });
  await running.whenHealthy;

  const order = events.map(({ kind, service, phase }) => `${kind} ${service ?? phase}`);
  expect(order.filter((text) => text.startsWith("phase"))).toEqual(["phase prepare", "phase create", "phase start"]);
  expect(order.indexOf("exited writer")).toBeLessThan(order.indexOf("started web"));
  expect(order.indexOf("healthy back")).toBeLessThan(order.indexOf("started web"));
  expect(order.filter((text) => text === "healthy web")).toHaveLength(1);
  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe("from the volume\n");

  const [webId = ""] = running.services.get("web")?.containerIds ?? [];
  const { labels, name } = await bench.engine.inspectContainer(webId);
  expect(name).toBe(`${stack.name}-web-1`);
  expect(labels).toMatchObject({
    [composeLabels.project]: stack.name,
    [composeLabels.service]: "web",
    [composeLabels.number]: "1",
    [composeLabels.oneoff]: "False",
    [composeLabels.configFiles]: stack.file,
    [composeLabels.configHash]: expect.stringMatching(/^[0-9a-f]{64}$/),
    [ownerLabel]: formatOwner(owner),
    [runLabel]: "test-run",
  });
  expect(await bench.left(stack.name)).toEqual({ containers: 3, networks: 2, volumes: 1 });

  await running.stop(1000);
  expect((await bench.engine.inspectContainer(webId)).running).toBe(false);
  await running.remove({ volumes: true });
  expect(await bench.left(stack.name)).toEqual(nothing);
});

test("down by the project's name keeps the volumes unless asked", async () => {
  const stack = await bench.stack(sleeper("a", ", volumes: ['d:/d']"), "volumes: {d: }");
  const running = await startStack({ engine: bench.engine, stack, owner });
  running.close();
  const down = (volumes: boolean) => removeStack({ engine: bench.engine, project: stack.name, volumes });
  expect(await down(false)).toEqual({ containers: 1, networks: 1, volumes: 0 });
  expect(await down(true)).toEqual({ containers: 0, networks: 0, volumes: 1 });
  expect(await down(true)).toEqual(nothing);
});

test("a second up keeps what has not changed and replaces what has", async () => {
  const stack = await bench.stack([sleeper("same"), sleeper("changed")].join("\n"));
  const first = await startStack({ engine: bench.engine, stack, owner });
  first.close();
  const services = stack.services.map((service) =>
    service.name === "changed"
      ? { ...service, environment: { NEW: "1" } }
      : { ...service, place: { ...service.place, line: 99 } },
  );
  const second = await startStack({ engine: bench.engine, stack: { ...stack, services }, owner });
  await second.whenHealthy;
  expect(second.services.get("same")).toEqual(first.services.get("same"));
  expect(second.services.get("changed")).not.toEqual(first.services.get("changed"));
  expect(await bench.left(stack.name)).toEqual({ containers: 2, networks: 1, volumes: 0 });
  await second.remove({ volumes: true });
});

test("a failed second up leaves the unchanged containers of the first alone", async () => {
  const stack = await bench.stack(sleeper("same"));
  const first = await startStack({ engine: bench.engine, stack, owner });
  first.close();
  const [same] = stack.services;
  const broken = {
    ...stack,
    services: [...stack.services, ...(same ? [{ ...same, name: "new", image: "nowhere.invalid/x:1" }] : [])],
  };
  await expect(startStack({ engine: bench.engine, stack: broken, owner, pullPolicy: "never" })).rejects.toMatchObject({
    code: "not-found",
  });
  expect(await bench.left(stack.name)).toEqual({ containers: 1, networks: 1, volumes: 0 });
  await removeStack({ engine: bench.engine, project: stack.name, volumes: true });
});

test("a run does not touch a stack that is up", async () => {
  const stack = await bench.stack(sleeper("a"));
  const up = await startStack({ engine: bench.engine, stack, owner });
  await expect(startStack({ engine: bench.engine, stack, owner, labels: { [runLabel]: "r" } })).rejects.toMatchObject({
    code: "conflict",
    hint: expect.stringContaining("bayplan down"),
  });
  expect(await bench.left(stack.name)).toEqual({ containers: 1, networks: 1, volumes: 0 });
  await up.remove({ volumes: true });
});

test("limits and cgroup come from the placement", async () => {
  const stack = await bench.stack(sleeper("a", ", mem_limit: 64m, cpus: 0.5"));
  const asWritten = await startStack({ engine: bench.engine, stack, owner });
  const [written] = (await bench.engine.listContainers()).filter((container) => container.stack === stack.name);
  expect(written).toMatchObject({ memoryLimitBytes: 64 * 1024 ** 2, cpuLimitCores: 0.5, service: "a" });
  await asWritten.remove({ volumes: true });
  const limits = {
    memoryBytes: null,
    memoryReservationBytes: null,
    cpuPeriodUs: 10_000,
    cpuQuotaUs: 2500,
    cpuset: null,
    pids: null,
  };
  const placed = await startStack({
    engine: bench.engine,
    stack,
    owner,
    place: () => ({ cgroupParent: null, limits }),
  });
  const [moved] = (await bench.engine.listContainers()).filter((container) => container.stack === stack.name);
  expect(moved).toMatchObject({ memoryLimitBytes: null, cpuLimitCores: 0.25 });
  await placed.remove({ volumes: true });
});
