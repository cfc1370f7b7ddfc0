import { join } from "node:path";
import { expect, test } from "vitest";
import { openStack, placeAsWritten, requireStack } from "../../../../src/main/stacks/index.ts";
import { containerSpec } from "../../../../src/main/stacks/runner/container-spec.ts";
import { composeLabels } from "../../../../src/main/stacks/runner/labels.ts";
import { runCopy } from "../../../../src/main/stacks/runner/run-copy.ts";
import type { Stack } from "../../../../src/shared/domain/index.ts";
import { folderWith, open } from "../compose/stack-folder.ts";

async function read(text: string): Promise<Stack> {
  return requireStack(await open(text));
}

function specOf(stack: Stack, imageId = "sha256:1", labels: Record<string, string> = {}) {
  const [service] = stack.services;
  if (service === undefined) throw new Error("the stack is empty");
  return containerSpec({
    stack,
    service,
    imageId,
    placement: placeAsWritten(service),
    labels,
    containerIds: new Map(),
    filesDigest: "",
  });
}

const base = `name: edge
services:
  web: {image: x, volumes: ['dd:/d', 'ee:/e', 'ff:/f', /anon], networks: {default: , back: {aliases: [api]}, out: , named: }, labels: {a: b}}
networks: {back: , out: {external: true}, named: {name: own}}
volumes: {dd: , ee: {external: true, name: theirs}, ff: {name: fixed}}
`;

test("networks, volumes and containers get the names that Compose gives them", async () => {
  const spec = specOf(await read(base), "sha256:1", { extra: "1" });
  expect(spec.name).toBe("edge-web-1");
  expect(spec.networks).toEqual([
    { name: "edge_default", aliases: ["web"], endpoint: null },
    { name: "edge_back", aliases: ["web", "api"], endpoint: null },
    { name: "out", aliases: ["web"], endpoint: null },
    { name: "own", aliases: ["web"], endpoint: null },
  ]);
  expect(spec.mounts.map(({ source }) => source)).toEqual(["edge_dd", "theirs", "fixed", null]);
  expect(spec.labels).toMatchObject({
    a: "b",
    extra: "1",
    [composeLabels.project]: "edge",
    [composeLabels.image]: "sha256:1",
  });
});

test("the labels name every file that was merged, and the folder of its paths", async () => {
  const folder = await folderWith({
    "compose.yaml": "services: {web: {image: x}}",
    "more.yaml": "services: {web: {init: true}}",
  });
  const files = ["compose.yaml", "more.yaml"].map((name) => join(folder, name));
  const opened = await openStack(join(folder, "compose.yaml"), {}, { moreFiles: files.slice(1), folder: "/srv" });
  expect(specOf(requireStack(opened)).labels).toMatchObject({
    "com.docker.compose.project.config_files": files.join(","),
    "com.docker.compose.project.working_dir": "/srv",
  });
});

test("the hash changes with the meaning, not with the place, the owner or the order of keys", async () => {
  const hashOf = (stack: Stack, imageId?: string, labels?: Record<string, string>) =>
    specOf(stack, imageId, labels).labels[composeLabels.configHash];
  const one = await read("name: a\nservices:\n  web: {image: x, environment: {A: '1', B: '2'}}\n");
  const moved = await read("name: a\n\n\nservices:\n  web: {environment: {B: '2', A: '1'}, image: x}\n");
  const changed = await read("name: a\nservices:\n  web: {image: x, environment: {A: '1', B: '3'}}\n");
  const limited = await read("name: a\nservices:\n  web: {image: x, environment: {A: '1', B: '2'}, mem_limit: 64m}\n");
  expect(hashOf(moved, "sha256:1", { owner: "other" })).toBe(hashOf(one));
  const others = [hashOf(changed), hashOf(limited), hashOf(one, "sha256:2")];
  expect(new Set([hashOf(one), ...others]).size).toBe(4);
});

test("CPU becomes a quota of Docker's period, never under the kernel's least", async () => {
  const limitsOf = async (keys: string) => specOf(await read(`services: {web: {image: x, ${keys}}}`)).limits;
  expect(await limitsOf("cpus: 0.5")).toMatchObject({ cpuPeriodUs: 100_000, cpuQuotaUs: 50_000 });
  expect(await limitsOf("cpus: 0.001")).toMatchObject({ cpuQuotaUs: 1000 });
  expect(await limitsOf("mem_limit: 64m")).toMatchObject({
    cpuPeriodUs: null,
    cpuQuotaUs: null,
    memoryBytes: 64 * 1024 ** 2,
  });
});

test("a run has a valid project name of its own, and keeps the names of images that are built", async () => {
  const copy = runCopy(await read("name: edge\nservices: {web: {build: .}}\n"), "20261122-113000-AB12cd34");
  expect(copy.name).toBe("edge-run-ab12cd34");
  expect(copy.services[0]?.image).toBe("edge-web");
});
