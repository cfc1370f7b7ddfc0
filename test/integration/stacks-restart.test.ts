import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  composeLabels,
  openStack,
  removeStack,
  requireStack,
  restartStack,
  startStack,
} from "../../src/main/stacks/index.ts";
import { currentOwner } from "../../src/main/store/index.ts";
import type { Container, Stack } from "../../src/shared/domain/index.ts";
import { bayplan } from "./bayplan-command.ts";
import { freePort, nothing, stacksBench } from "./stacks-bench.ts";

const bench = stacksBench();
const owner = currentOwner();
const never = new AbortController().signal;

const three = `  db: {<<: *base, command: sleep 1000}
  web: {<<: *base, command: sleep 1000, depends_on: {db: {condition: service_started, restart: true}}}
  page: {<<: *base, command: sleep 1000, depends_on: {web: {condition: service_started, restart: true}}}
  other: {<<: *base, command: sleep 1000, depends_on: [db]}`;

async function up(stack: Stack, more: { removeOrphans?: boolean; said?: string[] } = {}): Promise<void> {
  const { removeOrphans = false, said = [] } = more;
  const onProgress = (text: string) => said.push(text);
  const running = await startStack({ engine: bench.engine, stack, owner, until: "healthy", removeOrphans, onProgress });
  running.close();
}

async function containersOf(stack: Stack): Promise<Record<string, Container>> {
  const mine = (await bench.engine.listContainers()).filter((container) => container.stack === stack.name);
  return Object.fromEntries(mine.map((container) => [container.service ?? "", container]));
}

function changed(stack: Stack, name: string, values: Partial<Stack["services"][number]>): Stack {
  const services = stack.services.map((service) => (service.name === name ? { ...service, ...values } : service));
  return { ...stack, services };
}

async function down(stack: Stack): Promise<void> {
  await removeStack({ engine: bench.engine, project: stack.name, volumes: true, services: stack.services });
}

const restart = (stack: Stack, services: string[], onProgress: (text: string) => void = () => undefined) =>
  restartStack({ engine: bench.engine, stack, services, onProgress, signal: never });

test("who says restart: true is started again with what is replaced, over two steps, and others are left alone", async () => {
  const stack = await bench.stack(three);
  await up(stack);
  const before = await containersOf(stack);
  const said: string[] = [];
  await up(changed(stack, "db", { environment: { NEW: "1" } }), { said });
  const after = await containersOf(stack);
  expect(after.db?.id).not.toBe(before.db?.id);
  for (const name of ["web", "page"]) {
    expect(after[name]?.id).toBe(before[name]?.id);
    expect(after[name]?.startedAtMs).toBeGreaterThan(before[name]?.startedAtMs ?? 0);
  }
  expect([after.other?.id, after.other?.startedAtMs]).toEqual([before.other?.id, before.other?.startedAtMs]);
  const steps = said.filter((text) => /^(Stopping|Replacing|Starting (?:db|web|page)$)/.test(text));
  expect(steps.map((text) => text.replace(`${stack.name}-`, "").split(":")[0])).toEqual([
    "Stopping page-1",
    "Stopping web-1",
    "Replacing db-1",
    "Starting db",
    "Starting web",
    "Starting page",
  ]);
  expect(await bench.left(stack.name)).toEqual({ containers: 4, networks: 1, volumes: 0 });
  await down(stack);
});

test("a replacement that fails goes back to the container as it was, with its port and who depends on it", async () => {
  const port = await freePort();
  const stack = await bench.stack(
    `  web: {<<: *base, command: httpd -f -p 80 -h /bin, ports: ["127.0.0.1:${port}:80"]}
  page: {<<: *base, command: sleep 1000, depends_on: {web: {condition: service_started, restart: true}}}`,
  );
  await up(stack);
  const before = await containersOf(stack);
  const said: string[] = [];
  const broken = changed(stack, "web", { command: ["sh", "-c", "echo no; exit 7"] });
  await expect(up(broken, { said })).rejects.toMatchObject({ code: "engine-failed" });
  const after = await containersOf(stack);
  expect([after.web?.id, after.web?.name, after.web?.state]).toEqual([before.web?.id, before.web?.name, "running"]);
  expect([after.page?.id, after.page?.state]).toEqual([before.page?.id, "running"]);
  expect((await fetch(`http://127.0.0.1:${port}/busybox`, { method: "HEAD" })).status).toBe(200);
  expect(said).toContain(`Going back to ${before.web?.name} as it was`);
  expect(await bench.left(stack.name)).toEqual({ containers: 2, networks: 1, volumes: 0 });
  await down(stack);
});

test("an abort while the new one waits for its health goes back too", async () => {
  const stack = await bench.stack("  web: {<<: *base, command: sleep 1000}");
  await up(stack);
  const before = await containersOf(stack);
  const abort = new AbortController();
  const slow = changed(stack, "web", {
    healthcheck: { test: ["CMD", "false"], intervalMs: 500, timeoutMs: null, startPeriodMs: null, retries: 1000 },
  });
  const starting = startStack({
    engine: bench.engine,
    stack: slow,
    owner,
    until: "healthy",
    signal: abort.signal,
    onEvent: ({ kind }) => kind === "started" && abort.abort(),
  });
  await expect(starting).rejects.toMatchObject({ code: "cancelled" });
  const after = await containersOf(stack);
  expect([after.web?.id, after.web?.state]).toEqual([before.web?.id, "running"]);
  await down(stack);
});

test("what has ended and has not changed is started again, not made anew", async () => {
  const stack = await bench.stack("  job: {<<: *base, command: sh -c 'echo x >>/ran; cat /ran'}");
  await up(stack);
  const { job } = await containersOf(stack);
  await up(stack);
  const again = await containersOf(stack);
  expect(again.job?.id).toBe(job?.id);
  expect(again.job?.startedAtMs).toBeGreaterThan(job?.startedAtMs ?? 0);
  await down(stack);
});

test("what the file has no more is told, and removed when asked", async () => {
  const stack = await bench.stack(three);
  await up(stack);
  const fewer = { ...stack, services: stack.services.filter(({ name }) => name === "db" || name === "other") };
  const said: string[] = [];
  await up(fewer, { said });
  const left = said.find((text) => text.startsWith("Not in the file any more"));
  expect(left).toContain(`${stack.name}-web-1`);
  expect(Object.keys(await containersOf(stack)).sort()).toEqual(["db", "other", "page", "web"]);
  await up(fewer, { removeOrphans: true });
  expect(Object.keys(await containersOf(stack)).sort()).toEqual(["db", "other"]);
  await down(stack);
});

test("restart takes all, or the named ones and who says restart: true of them, and changes nothing else", async () => {
  const stack = await bench.stack(three);
  await up(stack);
  const before = await containersOf(stack);
  const started = async () => {
    const now = await containersOf(stack);
    expect(Object.values(now).map(({ id }) => id)).toEqual(Object.values(before).map(({ id }) => id));
    return Object.fromEntries(Object.entries(now).map(([name, { startedAtMs }]) => [name, startedAtMs ?? 0]));
  };
  const first = await started();
  const said: string[] = [];
  const named = await restart(stack, ["web"], (text) => said.push(text.replace(`${stack.name}-`, "")));
  expect(named.map(({ name }) => name)).toEqual(["web", "page"]);
  expect(said).toEqual(["Stopping page-1", "Stopping web-1", "Starting web", "Starting page"]);
  const second = await started();
  expect([second.db, second.other]).toEqual([first.db, first.other]);
  expect(second.web).toBeGreaterThan(first.web ?? 0);
  expect(second.page).toBeGreaterThan(second.web ?? 0);
  expect((await restart(stack, [])).map(({ name }) => name).sort()).toEqual(["db", "other", "page", "web"]);
  const third = await started();
  for (const name of Object.keys(third)) expect(third[name]).toBeGreaterThan(second[name] ?? 0);

  await expect(restart(stack, ["wep"])).rejects.toMatchObject({
    code: "bad-input",
    hint: "Its services: db, web, page, other.",
  });
  await down(stack);
  await expect(restart(stack, [])).rejects.toMatchObject({ code: "not-found", hint: "Start it: bayplan up FILE." });
});

test("restart waits for health, and says which service does not come up again", async () => {
  const check = `healthcheck: {test: ["CMD", "test", "-f", "/tmp/well"], interval: 300ms, retries: 2}`;
  const stack = await bench.stack(
    `  web: {<<: *base, command: [sh, -c, "rm -f /tmp/well; test -f /bad || touch /tmp/well; sleep 1000"], ${check}}`,
  );
  await up(stack);
  await restart(stack, ["web"]);
  const { web } = await containersOf(stack);
  expect(web?.health).toBe("healthy");
  await bench.engine.copyFiles?.(web?.id ?? "", "/", [
    { path: "bad", content: Buffer.from(""), mode: 0o644, userId: 0, groupId: 0 },
  ]);
  await expect(restart(stack, ["web"])).rejects.toMatchObject({
    code: "engine-failed",
    message: expect.stringContaining("The service web became unhealthy"),
  });
  await down(stack);
});

test("down stops who depends on another before it, each with its own grace", async () => {
  const deaf = `command: [sh, -c, "trap : TERM; while :; do sleep 0.1; done"], stop_grace_period: 500ms, init: false`;
  const stack = await bench.stack(
    `  db: {<<: *base, ${deaf}}
  web: {<<: *base, ${deaf}, depends_on: [db]}`,
  );
  await up(stack);
  const ended: string[] = [];
  const abort = new AbortController();
  const watching = (async () => {
    for await (const { action, labels } of bench.engine.events(abort.signal)) {
      if (action === "die" && labels[composeLabels.project] === stack.name)
        ended.push(labels[composeLabels.service] ?? "");
    }
  })();
  const startedAtMs = Date.now();
  await down(stack);
  expect(Date.now() - startedAtMs).toBeLessThan(8_000);
  abort.abort();
  await watching;
  expect(ended).toEqual(["web", "db"]);
  expect(await bench.left(stack.name)).toEqual(nothing);
});

test("up, restart and down of the command line", async () => {
  const stack = await bench.stack(three);
  const home = join(stack.file, "../home");
  const run = async (...args: string[]) => {
    const { code, stdout, stderr } = await bayplan(["--json", ...args], { home });
    return { code, said: stdout === "" ? null : JSON.parse(stdout), stderr };
  };
  expect((await run("up", stack.file)).code).toBe(0);
  const restarted = await run("restart", stack.file, "db");
  expect(restarted).toMatchObject({ code: 0, said: { kind: "restarted", project: stack.name } });
  expect(restarted.said.services.map(({ name }: { name: string }) => name)).toEqual(["db", "web", "page"]);
  expect(restarted.stderr).toContain(`Stopping ${stack.name}-page-1`);
  expect(await run("restart", stack.file, "nobody")).toMatchObject({ code: 2, said: { error: { code: "bad-input" } } });

  // Read again from a changed file: one service is another one, one is gone.
  const text = `name: ${stack.name}\nservices:\n  db: {image: "bayplan-lab/busybox:1", init: true, command: sleep 1000}\n`;
  await writeFile(stack.file, text);
  const again = await run("up", stack.file, "--remove-orphans");
  expect(again.stderr).toContain(`Keeping ${stack.name}-db-1: it runs and has not changed`);
  expect(again.stderr).toContain(`Removing ${stack.name}-web-1: the file does not have it any more`);
  expect(requireStack(await openStack(stack.file, {})).services).toHaveLength(1);
  expect(await run("down", stack.file)).toMatchObject({ code: 0, said: { containers: 1, networks: 1, volumes: 0 } });
});
