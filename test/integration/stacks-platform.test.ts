import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { localEmulation, openLocalEngine } from "../../src/main/engines/index.ts";
import { removeStack, startStack } from "../../src/main/stacks/index.ts";
import { currentOwner } from "../../src/main/store/index.ts";
import type { Stack } from "../../src/shared/domain/index.ts";
import { docker, tryDocker } from "../lab/docker.ts";
import { emulatesArm64, loadForeignImage, registerEmulator } from "../lab/foreign-image.ts";
import { BUSYBOX_IMAGE } from "../lab/images.ts";
import { LOCAL_ENGINE_SOCKET } from "../lab/names.ts";
import { type LabRegistry, startRegistry } from "../lab/registry.ts";
import { stacksBench } from "./stacks-bench.ts";

const bench = stacksBench();
const hello = `bayplan-test/hello-${process.pid}:1`;
let registry: LabRegistry;
let release: (() => Promise<void>) | null = null;

beforeAll(async () => {
  registry = await startRegistry();
  await loadForeignImage(hello);
});

afterEach(async () => {
  await release?.();
  release = null;
});

afterAll(async () => {
  await tryDocker(LOCAL_ENGINE_SOCKET, ["rmi", "-f", hello]);
  await registry.stop();
});

async function up(stack: Stack, more: { platform?: string; pullPolicy?: "never" } = {}, engine = bench.engine) {
  const said: string[] = [];
  const running = await startStack({
    engine,
    stack,
    owner: currentOwner(),
    emulation: localEmulation,
    until: "healthy",
    onProgress: (text) => said.push(text),
    ...more,
  });
  running.close();
  return { said, id: running.services.get("a")?.containerIds[0] ?? "" };
}

async function printed(id: string): Promise<string> {
  await docker(LOCAL_ENGINE_SOCKET, ["wait", id]);
  return docker(LOCAL_ENGINE_SOCKET, ["logs", id]);
}

const down = (stack: Stack) => removeStack({ engine: bench.engine, project: stack.name, volumes: true });

test("an image of another architecture is refused where nothing emulates it, with the way to get that", async (context) => {
  if (await emulatesArm64()) return context.skip("this machine emulates arm64 already");
  const stack = await bench.stack(`  a: {image: "${hello}"}`);
  await expect(up(stack)).rejects.toMatchObject({
    code: "unsupported",
    message: `The image ${hello} of the service a is for linux/arm64, the engine's machine is linux/amd64, and nothing emulates arm64 there.`,
    hint: expect.stringContaining(
      "docker run --privileged --rm tonistiigi/binfmt --install arm64, or on Debian: sudo apt-get install qemu-user-static binfmt-support",
    ),
  });
  ({ release } = await registerEmulator(""));
  await expect(up(stack)).rejects.toMatchObject({
    code: "unsupported",
    message: expect.stringContaining("registered without the flag F"),
  });
});

test("it runs where the kernel has an emulator that containers find", async () => {
  if (!(await emulatesArm64())) ({ release } = await registerEmulator("F"));
  expect(await localEmulation("arm64")).toBe("ready");
  const stack = await bench.stack(`  a: {image: "${hello}", platform: linux/arm64}`);
  const { id } = await up(stack);
  expect(await printed(id)).toBe("hello from arm64\n");
  await down(stack);
});

test("a build is for the platform that is wanted", async () => {
  if (!(await emulatesArm64())) ({ release } = await registerEmulator("F"));
  const stack = await bench.stack(`  a: {build: {dockerfile_inline: "FROM ${hello}\\nLABEL built=1\\n"}}`);
  const tag = `${stack.name}-a`;
  try {
    const { id } = await up(stack, { platform: "linux/arm64" });
    expect(await printed(id)).toBe("hello from arm64\n");
    expect((await bench.engine.inspectImage(tag))?.platform).toBe("linux/arm64");
  } finally {
    await down(stack);
    await tryDocker(LOCAL_ENGINE_SOCKET, ["rmi", "-f", tag]);
  }
});

test("an image of another platform than the service wants is not taken for it", async () => {
  const stack = await bench.stack(`  a: {image: "${BUSYBOX_IMAGE}", platform: linux/arm64}`);
  await expect(up(stack, { pullPolicy: "never" })).rejects.toMatchObject({
    code: "unsupported",
    message: `The image ${BUSYBOX_IMAGE} of the service a is for linux/amd64, and linux/arm64 is wanted.`,
  });
  const plain = await bench.stack(`  a: {image: "${BUSYBOX_IMAGE}", command: sleep 1000}`);
  await expect(up(plain, { pullPolicy: "never", platform: "linux/arm/v7" })).rejects.toMatchObject({
    code: "unsupported",
  });
  await expect(up(plain, { platform: "arm:64" })).rejects.toMatchObject({ code: "bad-input" });
});

test("the wanted platform is pulled over an image of the same name, and a registry's other one is refused", async () => {
  if (!(await emulatesArm64())) ({ release } = await registerEmulator("F"));
  const engine = await openLocalEngine({
    DOCKER_HOST: `unix://${LOCAL_ENGINE_SOCKET}`,
    DOCKER_CONFIG: registry.configFolder,
  });
  const image = await registry.push("hello:1", hello);
  const other = await registry.push("busybox:1");
  try {
    await docker(LOCAL_ENGINE_SOCKET, ["tag", BUSYBOX_IMAGE, image]);
    const stack = await bench.stack(`  a: {image: "${image}", platform: linux/arm64}`);
    const { said, id } = await up(stack, {}, engine);
    expect(said).toContain(`${image} is here for linux/amd64, and a wants linux/arm64`);
    expect(said).toContain(`Pulling ${image} for linux/arm64`);
    expect(await printed(id)).toBe("hello from arm64\n");
    await down(stack);

    const wrong = await bench.stack(`  a: {image: "${other}", platform: linux/arm64}`);
    const failure = await up(wrong, {}, engine).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: expect.stringMatching(/^(unsupported|not-found)$/),
      message: expect.stringContaining("linux/arm64"),
    });
  } finally {
    engine.close();
    await tryDocker(LOCAL_ENGINE_SOCKET, ["rmi", "-f", image, other]);
  }
});
