import { CommanderError } from "commander";
import { failureOf } from "../../../shared/contract/index.ts";
import { AppError, type Failure, toFailure } from "../../../shared/domain/index.ts";
import { createOutput, printFailure } from "./output.ts";
import { createProgram, type Serve, toUsageError } from "./program.ts";

/** Runs one command line and gives its exit code, as docs/cli.md lists them. Ctrl-C aborts, cleans up, and is 130. */
export async function runCli(argv: readonly string[], serve: Serve): Promise<number> {
  const json = argv.includes("--json");
  const output = createOutput(json);
  const password = take(process.env, "BAYPLAN_SSH_PASSWORD");
  const jumpPassword = take(process.env, "BAYPLAN_SSH_JUMP_PASSWORD");
  const abort = new AbortController();
  const interrupt = () => {
    if (abort.signal.aborted) output.note("Still removing what was started. It takes a few seconds.");
    abort.abort();
  };
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  let exitCode = 0;
  try {
    const program = createProgram({
      output,
      signal: abort.signal,
      password,
      jumpPassword,
      serve,
      onExitCode: (code) => {
        exitCode = code;
      },
    });
    await program.parseAsync([...argv], { from: "user" });
    return abort.signal.aborted ? 130 : exitCode;
  } catch (error) {
    const failure = describe(error, abort.signal.aborted);
    return failure === null ? 0 : printFailure(failure, json);
  } finally {
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
  }
}

/** Takes a password for this command out of the environment, so that no process that is started gets it handed on. */
function take(env: NodeJS.ProcessEnv, name: string): string | null {
  const password = env[name];
  delete env[name];
  return password === undefined || password === "" ? null : password;
}

function describe(error: unknown, aborted: boolean): Failure | null {
  if (error instanceof CommanderError) {
    const usage = toUsageError(error);
    return usage === null ? null : toFailure(usage);
  }
  if (aborted) return toFailure(new AppError("cancelled", "Cancelled."));
  return failureOf(error);
}
