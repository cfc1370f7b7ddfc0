import { expect, test } from "vitest";
import { removeStack, restartStack, startStack } from "../../src/main/stacks/index.ts";
import { currentOwner } from "../../src/main/store/index.ts";
import type { Stack } from "../../src/shared/domain/index.ts";
import { docker } from "../lab/docker.ts";
import { LOCAL_ENGINE_SOCKET } from "../lab/names.ts";
import { nothing, stacksBench } from "./stacks-bench.ts";

const bench = stacksBench();

async function up(stack: Stack): Promise<string> {
  const running = await startStack({ engine: bench.engine, stack, owner: currentOwner(), until: "healthy" });
  running.close();
  return running.services.get("a")?.containerIds[0] ?? "";
}

const inside = (id: string, ...argv: string[]) => docker(LOCAL_ENGINE_SOCKET, ["exec", id, ...argv]);

async function down(stack: Stack, volumes = true): Promise<string[]> {
  const said: string[] = [];
  const onProgress = (text: string) => said.push(text);
  await removeStack({ engine: bench.engine, project: stack.name, volumes, services: stack.services, onProgress });
  return said;
}

test("post_start runs before who depends on it, with its own user, folder and environment; pre_stop before each stop", async () => {
  const stack = await bench.stack(
    `  a:
    <<: *base
    command: sleep 1000
    user: "65534"
    environment: {OWN: of-the-service}
    volumes: ["data:/data"]
    post_start:
      - {command: [sh, -c, 'echo "$$(id -u) $$PWD $$WHO $$OWN" >>/data/log'], user: root, working_dir: /etc, environment: [WHO=hook]}
      - {command: chmod 0777 /data, user: root}
    pre_stop:
      - command: [sh, -c, "echo stopping >>/data/stopped"]
  b: {<<: *base, command: cat /data/log, volumes: ["data:/data"], depends_on: [a]}`,
    "volumes: {data: }",
  );
  const id = await up(stack);
  expect(await inside(id, "cat", "/data/log")).toBe("0 /etc hook of-the-service\n");
  const [b] = (await bench.engine.listContainers()).filter((one) => one.stack === stack.name && one.service === "b");
  expect(b?.exitCode).toBe(0);

  await restartStack({
    engine: bench.engine,
    stack,
    services: ["a"],
    onProgress: () => undefined,
    signal: new AbortController().signal,
  });
  expect(await inside(id, "cat", "/data/stopped")).toBe("stopping\n");
  expect((await inside(id, "cat", "/data/log")).split("\n")).toHaveLength(3);

  await down(stack, false);
  const reader = await bench.stack(
    `  a: {<<: *base, command: sleep 1000, volumes: ["${stack.name}_data:/data"]}`,
    `volumes: {${stack.name}_data: {external: true}}`,
  );
  expect(await inside(await up(reader), "cat", "/data/stopped")).toBe("stopping\nstopping\n");
  await down(reader);
  await down(stack);
});

test("a post_start that fails fails the start with its words, and takes it back", async () => {
  const stack = await bench.stack(
    `  a: {<<: *base, command: sleep 1000, post_start: [{command: [sh, -c, "echo no table; exit 9"]}]}`,
  );
  await expect(up(stack)).rejects.toMatchObject({
    code: "engine-failed",
    message: "The post_start hook of the service a ended with exit code 9. It said: no table",
  });
  expect(await bench.left(stack.name)).toEqual(nothing);
});

test("a pre_stop that fails or hangs is said, and holds nothing up", async () => {
  const stack = await bench.stack(
    `  a: {<<: *base, command: sleep 1000, stop_grace_period: 1s, pre_stop: [{command: "false"}, {command: sleep 600}]}`,
  );
  await up(stack);
  const startedAtMs = Date.now();
  const said = await down(stack);
  expect(Date.now() - startedAtMs).toBeLessThan(20_000);
  expect(said.join("\n")).toContain("The pre_stop hook of the service a ended with exit code 1. It printed nothing.");
  expect(await bench.left(stack.name)).toEqual(nothing);
});

test("mounts spread, begin empty and have their mode as the file says; deploy decides the restarts", async () => {
  const stack = await bench.stack(
    `  a:
    <<: *base
    command: sleep 1000
    deploy: {restart_policy: {condition: on-failure, max_attempts: 4}}
    volumes:
      - /tmp:/host:ro,rprivate
      - {type: volume, source: etc, target: /etc, volume: {nocopy: true}}
      - {type: tmpfs, target: /t, tmpfs: {size: 1m, mode: 0700}}
    tmpfs: ["/u:size=2m,mode=1777,noexec"]`,
    "volumes: {etc: }",
  );
  const id = await up(stack);
  const mounts = await inside(id, "cat", "/proc/self/mountinfo");
  const line = (target: string) => mounts.split("\n").find((text) => text.split(" ")[4] === target) ?? "";
  expect(line("/host")).toMatch(/ ro[, ]/);
  const binds = await docker(LOCAL_ENGINE_SOCKET, ["inspect", "-f", "{{json .HostConfig.Binds}}", id]);
  expect(JSON.parse(binds)).toEqual(["/tmp:/host:ro,rprivate"]);
  expect(line("/u")).toMatch(/noexec.*size=2048k/);
  expect(await inside(id, "stat", "-c", "%a", "/t", "/u")).toBe("700\n1777\n");
  expect(await inside(id, "ls", "/etc")).not.toContain("passwd");
  const policy = await docker(LOCAL_ENGINE_SOCKET, ["inspect", "-f", "{{json .HostConfig.RestartPolicy}}", id]);
  expect(JSON.parse(policy)).toEqual({ Name: "on-failure", MaximumRetryCount: 4 });
  await down(stack);
});
