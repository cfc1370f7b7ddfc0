import { spawnSync } from "node:child_process";
import { createServer } from "node:net";
import { expect, test } from "vitest";
import { cleanDeadOwners, removeStack, runLabel, type StackEvent, startStack } from "../../src/main/stacks/index.ts";
import { currentOwner } from "../../src/main/store/index.ts";
import { nothing, stacksBench } from "./stacks-bench.ts";

const bench = stacksBench();
const owner = currentOwner();

test("an image that is nowhere is not-found, and nothing was made", async () => {
  const stack = await bench.stack("  a: {image: 'bayplan-lab/not-there:1'}");
  for (const pullPolicy of ["never", "missing"] as const) {
    await expect(startStack({ engine: bench.engine, stack, owner, pullPolicy })).rejects.toMatchObject({
      code: "not-found",
      message: expect.stringContaining("bayplan-lab/not-there:1 of the service a"),
      hint: expect.any(String),
    });
    expect(await bench.left(stack.name)).toEqual(nothing);
  }
});

test("a port in use is a conflict that names the service, and everything is taken back", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  try {
    const stack = await bench.stack(
      `  first: {<<: *base, command: sleep 1000, volumes: ["data:/d"]}
  second: {<<: *base, command: sleep 1000, depends_on: [first], ports: ["127.0.0.1:${port}:80"]}`,
      "volumes: {data: }",
    );
    await expect(startStack({ engine: bench.engine, stack, owner })).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("The service second could not be started"),
    });
    expect(await bench.left(stack.name)).toEqual(nothing);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
});

const never = `
  slow: {<<: *base, command: sleep 1000, volumes: ["data:/d"], healthcheck: {test: "false", interval: 1s, retries: 1000}}
  waiting: {<<: *base, command: sleep 1000, depends_on: {slow: {condition: service_healthy}}}`;

test("an abort in the middle is cancelled and leaves nothing", async () => {
  const stack = await bench.stack(never, "volumes: {data: }");
  const controller = new AbortController();
  const started: string[] = [];
  const onEvent = (event: StackEvent) => {
    if (event.kind !== "started") return;
    started.push(event.service ?? "");
    controller.abort();
  };
  const start = startStack({ engine: bench.engine, stack, owner, onEvent, signal: controller.signal });
  await expect(start).rejects.toMatchObject({ code: "cancelled" });
  expect(started).toEqual(["slow"]);
  expect(await bench.left(stack.name)).toEqual(nothing);
});

test.each(["Creating the network", "Creating the volume", "Creating bayplan", "Starting"])(
  "an abort at the step %j leaves nothing",
  async (step) => {
    const stack = await bench.stack(never, "volumes: {data: }");
    const controller = new AbortController();
    const steps: string[] = [];
    const onProgress = (text: string) => {
      steps.push(text);
      if (text.startsWith(step)) controller.abort();
    };
    const start = startStack({ engine: bench.engine, stack, owner, onProgress, signal: controller.signal });
    await expect(start).rejects.toMatchObject({ code: "cancelled" });
    expect(steps.at(-1)?.startsWith(step)).toBe(true);
    expect(await bench.left(stack.name)).toEqual(nothing);
  },
);

test("an abort before the start makes nothing", async () => {
  const stack = await bench.stack(never, "volumes: {data: }");
  await expect(startStack({ engine: bench.engine, stack, owner, signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: "cancelled",
  });
});

test.each([
  [
    "ends",
    "command: sh -c 'echo first; echo the reason; exit 3', healthcheck: {test: 'true'}",
    "service_healthy",
    /ended with exit code 3.*\nfirst\nthe reason/s,
  ],
  [
    "ends with an error",
    "command: sh -c 'echo why; exit 4'",
    "service_completed_successfully",
    /ended with exit code 4.*\nwhy/s,
  ],
  [
    "keeps ending",
    "command: sh -c 'exit 5', restart: always, healthcheck: {test: 'true', interval: 10s}",
    "service_healthy",
    /started again \d+ times and keeps ending/,
  ],
  [
    "becomes unhealthy",
    "command: sleep 1000, healthcheck: {test: 'false', interval: 300ms, retries: 2}",
    "service_healthy",
    /became unhealthy/,
  ],
])("a dependency that %s fails the start and is named", async (_what, keys, condition, message) => {
  const stack = await bench.stack(
    `  db: {<<: *base, ${keys}}
  web: {<<: *base, command: sleep 1000, depends_on: {db: {condition: ${condition}}}}`,
  );
  await expect(startStack({ engine: bench.engine, stack, owner })).rejects.toMatchObject({
    code: "engine-failed",
    message: expect.stringMatching(message),
  });
  await expect(bench.left(stack.name)).resolves.toEqual(nothing);
});

test("waiting for the health of a service without a check is bad input", async () => {
  const stack = await bench.stack(
    "  db: {<<: *base, command: sleep 1000}\n  web: {<<: *base, command: sleep 1000, depends_on: {db: {condition: service_healthy}}}",
  );
  await expect(startStack({ engine: bench.engine, stack, owner })).rejects.toMatchObject({
    code: "bad-input",
    message: expect.stringContaining("`db`"),
  });
});

test("whenHealthy rejects when a service ends; with `until: healthy` the stack is taken down", async () => {
  const stack = await bench.stack(
    "  a: {<<: *base, command: sleep 1000}\n  b: {<<: *base, command: sh -c 'sleep 1; exit 7', healthcheck: {test: 'false', interval: 30s}}",
  );
  const running = await startStack({ engine: bench.engine, stack, owner });
  await expect(running.whenHealthy).rejects.toMatchObject({
    message: expect.stringContaining("b ended with exit code 7"),
  });
  expect(await bench.left(stack.name)).toEqual({ containers: 2, networks: 1, volumes: 0 });
  await running.remove({ volumes: false });
  await expect(startStack({ engine: bench.engine, stack, owner, until: "healthy" })).rejects.toMatchObject({
    code: "engine-failed",
  });
  expect(await bench.left(stack.name)).toEqual(nothing);
});

test("a volume that was there before is used and never removed", async () => {
  const stack = await bench.stack("  a: {<<: *base, command: sleep 1000, volumes: ['data:/d']}", "volumes: {data: }");
  const name = `${stack.name}_data`;
  const label = `io.bayplan.test=${stack.name}`;
  await bench.engine.createVolume(name, { "io.bayplan.test": stack.name });
  try {
    const running = await startStack({ engine: bench.engine, stack, owner });
    await running.remove({ volumes: true });
    expect((await bench.engine.listByLabel(label)).volumes).toHaveLength(1);
  } finally {
    await bench.engine.removeVolume(name);
  }
});

test("only what runs of dead owners left behind is cleaned", async () => {
  const text = "  a: {<<: *base, command: sleep 1000, volumes: ['data:/d']}";
  const stacks = [
    await bench.stack(text, "volumes: {data: }"),
    await bench.stack(text, "volumes: {data: }"),
    await bench.stack(text, "volumes: {data: }"),
  ] as const;
  const [deadRun, liveRun, deadUp] = stacks;
  // A process that has ended: its pid is known, and it is not running any more.
  const dead = { ...owner, pid: spawnSync("true").pid, startTicks: "1" };
  const labels = (run: string) => ({ [runLabel]: run });
  const running = [
    await startStack({ engine: bench.engine, stack: deadRun, owner: dead, labels: labels("dead") }),
    await startStack({ engine: bench.engine, stack: liveRun, owner, labels: labels("live") }),
    await startStack({ engine: bench.engine, stack: deadUp, owner: dead }),
  ] as const;
  for (const one of running) one.close();
  const cleaned = await cleanDeadOwners(bench.engine);
  expect(cleaned.containers.map(({ name }) => name)).toEqual([`${running[0].project}-a-1`]);
  expect(cleaned.networks.map(({ name }) => name)).toEqual([`${running[0].project}_default`]);
  expect(cleaned.volumes.map(({ name }) => name)).toEqual([`${running[0].project}_data`]);
  const all = { containers: 1, networks: 1, volumes: 1 };
  expect(await Promise.all(running.map(({ project }) => bench.left(project)))).toEqual([nothing, all, all]);
  for (const { project } of running) await removeStack({ engine: bench.engine, project, volumes: true });
});
