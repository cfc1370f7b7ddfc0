import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Engine, openLocalEngine } from "../../src/main/engines/index.ts";
import { customBudget, type ProfileRequest, parseBudgetText, profileStack } from "../../src/main/profiling/index.ts";
import { openStack, requireStack } from "../../src/main/stacks/index.ts";
import { type Budget, defaultRules, type ProfileResult, type Stack } from "../../src/shared/domain/index.ts";

/** One data folder for a whole test file, so that 7-zip measures this machine once. */
export class ProfilingBench {
  readonly folder = mkdtempSync(join(tmpdir(), "bayplan-profiling-"));
  readonly #engines: Engine[] = [];
  #runs = 0;

  async engine(): Promise<Engine> {
    const engine = await openLocalEngine();
    this.#engines.push(engine);
    return engine;
  }

  nextRunId(): string {
    this.#runs += 1;
    return `test-${process.pid}-${this.#runs}`;
  }

  /** A stack of Python programs, one for each service. */
  async stack(name: string, services: Record<string, ServiceText>): Promise<Stack> {
    const file = this.write(name, services);
    return requireStack(await openStack(file));
  }

  write(name: string, services: Record<string, ServiceText>): string {
    const file = join(this.folder, `${name}.json.yaml`);
    const body = Object.fromEntries(
      Object.entries(services).map(([service, { python, ...more }]) => [
        service,
        { image: "bayplan/gateway-base:1", command: ["python3", "-c", python], init: true, ...more },
      ]),
    );
    // JSON is YAML.
    writeFileSync(file, JSON.stringify({ name: `bptest-${name}`, services: body }));
    return file;
  }

  async profile(
    stack: Stack,
    targets: Budget[],
    change: Partial<ProfileRequest> & { steadySeconds?: number } = {},
  ): Promise<ProfileResult> {
    const { steadySeconds = 4, ...more } = change;
    return profileStack({
      stack,
      targets,
      engine: await this.engine(),
      durationMs: steadySeconds * 1000,
      warmUpMs: 0,
      dataFolder: this.folder,
      runId: this.nextRunId(),
      findings: [],
      rules: { ...defaultRules, minSteadySeconds: 3 },
      ...more,
    });
  }

  close(): void {
    for (const engine of this.#engines) engine.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export interface ServiceText {
  python: string;
  [key: string]: unknown;
}

export function custom(text: string): Budget {
  return customBudget(parseBudgetText(text));
}

/** Every cgroup of an envelope that is there now, in any hierarchy, whose name holds the text. */
export function envelopeFolders(text = ""): string[] {
  const root = "/sys/fs/cgroup";
  const mounts = existsSync(join(root, "memory")) ? readdirSync(root).map((name) => join(root, name)) : [root];
  return mounts.flatMap((mount) =>
    readdirSync(mount)
      .filter((name) => /^bayplan-.*\.\d+\.\d+$/.test(name) && name.includes(text))
      .map((name) => join(mount, name)),
  );
}

/** Containers of the test's stacks that are still there, as the engine's own command line says. */
export function leftContainers(): string[] {
  return testContainers().filter((name) => !leftByOthers.has(name));
}

function testContainers(): string[] {
  const text = execFileSync("docker", ["ps", "-a", "--format", "{{.Names}}"], { encoding: "utf8" });
  return text.split("\n").filter((name) => name.startsWith("bptest-"));
}

/** What a file before this one left is its own failure, and not one of every test here. */
let leftByOthers: ReadonlySet<string> = new Set();

/** To be called before the first test of a file that asks for `leftContainers`, once the engine is there. */
export function forgetOthersContainers(): void {
  leftByOthers = new Set(testContainers());
}

/** A file as another program reads it. */
export function cat(...path: string[]): string {
  return execFileSync("cat", [join(...path)], { encoding: "utf8" });
}

export const hold = (mebibytes: number) => `
import time
x = bytearray(${mebibytes} * 1024 * 1024)
time.sleep(1000)`;

/** Uses a share of one core; what a busy machine kept from it is made up for. */
export const spin = (share: number) => `
import time
begin = time.monotonic()
while True:
    while time.process_time() < ${share} * (time.monotonic() - begin): pass
    time.sleep(0.02)`;
