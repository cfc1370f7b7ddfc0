import { AppError, type Load } from "../../../shared/domain/index.ts";
import type { Engine } from "../../engines/index.ts";
import { lastLines } from "./generator/last-lines.ts";
import type { LoadFigures } from "./load-job.ts";
import type { LoadProcess } from "./load-process.ts";

type CommandLoad = Extract<Load, { kind: "command" }>;

/**
 * Runs a command inside a container of the stack, so that it counts as a part of it. It is not waited for: what still runs at the end
 * goes with its container, which is stopped next.
 * @throws AppError `unsupported` for an engine that runs no commands in containers.
 */
export function startCommandLoad(
  engine: Engine,
  containerId: string,
  { command, service }: CommandLoad,
  onEnded: () => void,
): LoadProcess {
  if (engine.runInside === undefined) {
    throw new AppError(
      "unsupported",
      `The load cannot run in ${service}: this engine runs no commands in containers.`,
      {
        hint: "Write it as a script, or as a service with `x-bayplan: {load: true}`.",
      },
    );
  }
  const ending = new AbortController();
  const seen: Pick<LoadFigures, "exitCode" | "output" | "problem"> = { exitCode: null, output: [], problem: null };
  let sinceMs = performance.now();
  const inside = { argv: command, user: null, privileged: false, workingFolder: null, environment: {} };
  const done = engine
    .runInside(containerId, inside, ending.signal)
    .then(({ exitCode, output }) => {
      seen.exitCode = exitCode;
      seen.output = lastLines(output);
      onEnded();
    })
    .catch((error: unknown) => {
      if (ending.signal.aborted) return;
      seen.problem = error instanceof Error ? error.message : String(error);
      onEnded();
    });
  return {
    begun: Promise.resolve(),
    mark: () => {
      sinceMs = performance.now();
    },
    async stop() {
      const seconds = (performance.now() - sinceMs) / 1000;
      ending.abort();
      await done;
      return { seconds, sent: null, answered: null, errors: null, latencyMs: null, ...seen };
    },
  };
}
