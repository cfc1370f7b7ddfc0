import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
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
import { BUSYBOX_IMAGE } from "../lab/images.ts";
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
  expect(running.project).toBe(`${stack.name}-run-testrun`);
  expect(name).toBe(`${running.project}-web-1`);
  expect(labels).toMatchObject({
    [composeLabels.project]: running.project,
    [composeLabels.service]: "web",
    [composeLabels.number]: "1",
    [composeLabels.oneoff]: "False",
    [composeLabels.configFiles]: stack.file,
    [composeLabels.configHash]: expect.stringMatching(/^[0-9a-f]{64}$/),
    [ownerLabel]: formatOwner(owner),
    [runLabel]: "test-run",
  });
  expect(await bench.left(running.project)).toEqual({ containers: 3, networks: 2, volumes: 1 });

  await running.stop(1000);
  expect((await bench.engine.inspectContainer(webId)).running).toBe(false);
  await running.remove({ volumes: true });
  expect(await bench.left(running.project)).toEqual(nothing);
});

test("down by the project's name keeps the volumes unless asked", async () => {
  const stack = await bench.stack(sleeper("a", ", volumes: ['data:/d']"), "volumes: {data: }");
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

test("a run has containers and volumes of its own: those of the stack that is up stay as they are", async () => {
  const writer = (text: string) =>
    `  a: {<<: *base, command: sh -c "ls /d; echo ${text} > /d/${text}; sleep 1000", volumes: ["data:/d"]}`;
  const stack = await bench.stack(writer("own"), "volumes: {data: }");
  const up = await startStack({ engine: bench.engine, stack, owner });
  const run = await startStack({ engine: bench.engine, stack, owner, labels: { [runLabel]: "2026-Run-0000abcd" } });
  expect(run.project).toBe(`${stack.name}-run-0000abcd`);
  expect(await bench.left(run.project)).toEqual({ containers: 1, networks: 1, volumes: 1 });
  const [runId = ""] = run.services.get("a")?.containerIds ?? [];
  const lines: string[] = [];
  for await (const batch of bench.engine.logs(
    { containerIds: [runId], tail: 10, follow: false },
    new AbortController().signal,
  )) {
    lines.push(...batch.lines.map(({ text }) => text));
  }
  expect(lines, "the run's volume began empty").toEqual([]);
  await run.remove({ volumes: true });
  expect(await bench.left(run.project)).toEqual(nothing);
  expect(await bench.left(stack.name)).toEqual({ containers: 1, networks: 1, volumes: 1 });
  await up.remove({ volumes: true });
});

test("an image is built from its folder, and a changed one makes a new container", async () => {
  const stack = await bench.stack("  a: {build: ., command: cat /built, init: true}");
  const folder = dirname(stack.file);
  const tag = `${stack.name}-a`;
  const imageIds: string[] = [];
  try {
    const up = async (text: string) => {
      await writeFile(join(folder, "Dockerfile"), `FROM ${BUSYBOX_IMAGE}\nCOPY built /built\n`);
      await writeFile(join(folder, "built"), text);
      const running = await startStack({ engine: bench.engine, stack, owner });
      running.close();
      imageIds.push((await bench.engine.inspectImage(tag))?.id ?? "");
      return running.services.get("a")?.containerIds;
    };
    const first = await up("one\n");
    expect(await up("two\n")).not.toEqual(first);
    expect(await bench.left(stack.name)).toEqual({ containers: 1, networks: 1, volumes: 0 });
  } finally {
    await removeStack({ engine: bench.engine, project: stack.name, volumes: true });
    expect(new Set(imageIds).size).toBe(2);
    await promisify(execFile)("docker", ["image", "rm", "--force", ...imageIds]);
  }
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
