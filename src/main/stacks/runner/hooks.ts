import { AppError, type Hook, type Service } from "../../../shared/domain/index.ts";
import { saidWords } from "../../../shared/format/index.ts";
import type { Engine, Progress } from "../../engines/index.ts";
import { defaultGraceMs } from "./grace.ts";
import { unlessGone } from "./ledger.ts";

interface HookRun {
  engine: Engine;
  service: Service;
  containerId: string;
  onProgress: Progress;
}

/**
 * Runs what a service says for the time right after its start, one after the other.
 * @throws AppError `engine-failed` for one that fails, `unsupported` for an engine that runs no commands in containers.
 */
export async function runPostStart(run: HookRun, signal: AbortSignal): Promise<void> {
  for (const hook of run.service.hooks?.postStart ?? []) await runHook(run, "post_start", hook, signal);
}

/**
 * Stops a container of a service: what it says for that moment runs first, then it has its grace, or 10 s. A hook that fails or takes
 * longer than the grace is said and holds nothing up. A container that is gone is fine.
 */
export async function stopService(run: HookRun, graceMs?: number): Promise<void> {
  const { engine, service, containerId, onProgress } = run;
  const grace = graceMs ?? service.stopGraceMs ?? defaultGraceMs;
  for (const hook of service.hooks?.preStop ?? []) {
    try {
      await runHook(run, "pre_stop", hook, AbortSignal.timeout(Math.max(grace, 1_000)));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      // One that does not run any more has nothing to say before it is stopped.
      if (error.code !== "not-found" && error.code !== "conflict") onProgress(error.message);
    }
  }
  await unlessGone(engine.stopContainer(containerId, grace));
}

async function runHook(
  { engine, service, containerId, onProgress }: HookRun,
  when: string,
  hook: Hook,
  signal: AbortSignal,
): Promise<void> {
  const what = `The ${when} hook of the service ${service.name}`;
  if (engine.runInside === undefined) {
    const message = `${what} cannot run: this engine runs no commands in containers.`;
    throw new AppError("unsupported", message, { hint: "Take it out, or put it into the image's own start." });
  }
  onProgress(`Running ${when} of ${service.name}`);
  const { command, ...rest } = hook;
  const { exitCode, output } = await engine.runInside(containerId, { argv: command, ...rest }, signal);
  if (exitCode === 0) return;
  const words = saidWords(output.slice(-1_000), 300);
  throw new AppError(
    "engine-failed",
    `${what} ended with exit code ${exitCode}. ${words === "" ? "It printed nothing." : `It said: ${words}`}`,
    {
      hint: `Try it by hand: docker exec ${containerId.slice(0, 12)} ${saidWords(command.join(" "), 100)}.`,
    },
  );
}
