import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { type Engine, openLocalEngine } from "../../src/main/engines/index.ts";
import { composeLabels, openStack, removeStack, requireStack, runLabel } from "../../src/main/stacks/index.ts";
import type { Stack } from "../../src/shared/domain/index.ts";
import { BUSYBOX_IMAGE } from "../lab/images.ts";

/** The real engine of this machine, and a check after each test that nothing of its stacks is left. */
export interface Bench {
  engine: Engine;
  /** A stack of these services (YAML under `services:`, two spaces in) with a project name of its own. */
  stack(services: string, rest?: string): Promise<Stack>;
  /** How many containers, networks and volumes the project has. */
  left(project: string): Promise<{ containers: number; networks: number; volumes: number }>;
}

export const nothing = { containers: 0, networks: 0, volumes: 0 };

export function stacksBench(): Bench {
  let engine: Engine | null = null;
  const projects = new Set<string>();
  const folders: string[] = [];
  const ready = (): Engine => {
    if (engine === null) throw new Error("the bench is not set up");
    return engine;
  };
  const left = async (project: string) => {
    const things = await ready().listByLabel(`${composeLabels.project}=${project}`);
    return {
      containers: things.containers.length,
      networks: things.networks.length,
      volumes: things.volumes.length,
    };
  };
  beforeAll(async () => {
    engine = await openLocalEngine();
    const image = await engine.inspectImage(BUSYBOX_IMAGE);
    if (image === null) throw new Error(`${BUSYBOX_IMAGE} is missing: npm run lab -- images`);
  });
  afterEach(async () => {
    // Runs have project names of their own, made from the stack's.
    const runs = (await ready().listByLabel(runLabel)).containers.map(
      ({ labels }) => labels[composeLabels.project] ?? "",
    );
    const names = [
      ...projects,
      ...runs.filter((run) => [...projects].some((project) => run.startsWith(`${project}-run-`))),
    ];
    projects.clear();
    const kept = await Promise.all(names.map(left));
    // Cleaned first, judged then: a failed test must not spoil the next one.
    for (const project of names) await removeStack({ engine: ready(), project, volumes: true });
    expect(kept, "a test leaves nothing of its stacks").toEqual(names.map(() => nothing));
  });
  afterAll(async () => {
    engine?.close();
    for (const folder of folders) await rm(folder, { recursive: true });
  });
  return {
    get engine() {
      return ready();
    },
    left,
    async stack(services, rest = "") {
      const name = `bayplan-test-${process.pid}-${projects.size}-${Math.random().toString(36).slice(2, 8)}`;
      projects.add(name);
      const folder = await mkdtemp(join(tmpdir(), "bayplan-stacks-"));
      folders.push(folder);
      const text = `name: ${name}\nx-base: &base {image: "${BUSYBOX_IMAGE}", init: true}\nservices:\n${services}\n${rest}`;
      await writeFile(join(folder, "compose.yaml"), text);
      return requireStack(await openStack(folder, {}));
    },
  };
}

/** A TCP port of the loopback address that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  const port = await new Promise<number>((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
  await new Promise((resolve) => server.close(resolve));
  return port;
}
