import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cleanDeadEnvelopes } from "../../src/main/profiling/index.ts";
import { cleanDeadOwners } from "../../src/main/stacks/index.ts";
import { AppError } from "../../src/shared/domain/index.ts";
import {
  custom,
  envelopeFolders,
  forgetOthersContainers,
  hold,
  leftContainers,
  ProfilingBench,
} from "./profiling-bench.ts";

const bench = new ProfilingBench();
let child: ChildProcess | null = null;

beforeAll(() => forgetOthersContainers());
afterAll(async () => {
  if (child?.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
  await cleanDeadOwners(await bench.engine());
  await cleanDeadEnvelopes();
  bench.close();
});

describe("nothing is left behind", () => {
  it("by an abort in each phase", async () => {
    const stack = await bench.stack("abort", { idle: { python: hold(1) } });
    for (const phase of ["create", "start", "steady"] as const) {
      const abort = new AbortController();
      let before: string[] = [];
      const run = bench.profile(stack, [custom("memory=64MiB,cpus=1")], {
        steadySeconds: 600,
        signal: abort.signal,
        onEvents: (events) => {
          if (!events.some((event) => event.phase === phase)) return;
          before = envelopeFolders(`test-${process.pid}-`);
          setTimeout(() => abort.abort(), 50);
        },
      });
      const error: unknown = await run.then(
        () => null,
        (failure: unknown) => failure,
      );
      expect(error).toBeInstanceOf(AppError);
      expect(error).toMatchObject({ code: "cancelled" });
      expect(before.length).toBeGreaterThan(0);
      expect(envelopeFolders(`test-${process.pid}-`)).toEqual([]);
      expect(leftContainers()).toEqual([]);
    }
  });

  it("by a run whose image is missing", async () => {
    const stack = await bench.stack("noimage", { idle: { python: "", image: "bayplan-lab/nothing:0" } });
    await expect(bench.profile(stack, [custom("memory=64MiB,cpus=1")])).rejects.toBeInstanceOf(AppError);
    expect(envelopeFolders(`test-${process.pid}-`)).toEqual([]);
  });

  it("by a process that was killed, once the next one starts; what a living one has stays", async () => {
    const file = bench.write("killed", { idle: { python: hold(1), restart: "always" } });
    const script = fileURLToPath(new URL("profiling-child.ts", import.meta.url));
    const args = ["--import", "tsx", script, file, bench.folder, "killed"];
    child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    if (child.stdout === null) throw new Error("The child has no output.");
    await once(child.stdout, "data");
    expect(envelopeFolders("bayplan-killed-").length).toBeGreaterThan(0);

    const engine = await bench.engine();
    await cleanDeadOwners(engine);
    expect(await cleanDeadEnvelopes()).toEqual([]);
    expect(leftContainers()).toHaveLength(1);

    child.kill("SIGKILL");
    await once(child, "exit");
    expect(leftContainers()).toHaveLength(1);
    await cleanDeadOwners(engine);
    expect(await cleanDeadEnvelopes()).toHaveLength(1);
    expect(envelopeFolders("bayplan-killed-")).toEqual([]);
    expect(leftContainers()).toEqual([]);

    // The dead process's lock is taken over.
    const stack = await bench.stack("afterwards", { idle: { python: hold(1) } });
    const result = await bench.profile(stack, [custom("memory=64MiB,cpus=1")]);
    expect(result.targets[0]?.axes.memory?.verdict).toBe("fits");
  });
});
