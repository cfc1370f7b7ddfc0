import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";

const cli = join(import.meta.dirname, "../../out/main/cli.js");

export interface CommandResult {
  code: number;
  stdout: string;
  stderr: string;
}

export interface CommandOptions {
  /** The data folder; every test has its own. */
  home: string;
  env?: NodeJS.ProcessEnv;
  /** Words before `node`, for example a command that drops a capability. */
  prefix?: readonly string[];
  /** The folder that it is run in. */
  cwd?: string;
}

/** Starts the built command line, as a person would. */
export function startBayplan(
  args: readonly string[],
  { home, env = {}, prefix = [], cwd }: CommandOptions,
): ChildProcess {
  const [command = process.execPath, ...rest] = [...prefix, process.execPath, cli, ...args];
  return spawn(command, rest, {
    env: { ...process.env, BAYPLAN_HOME: home, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    ...(cwd === undefined ? {} : { cwd }),
  });
}

/** Runs it to its end. */
export async function bayplan(args: readonly string[], options: CommandOptions): Promise<CommandResult> {
  const child = startBayplan(args, options);
  let stdout = "";
  let stderr = "";
  child.stdout?.on("data", (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr?.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const code = await new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (exitCode, signal) => resolve(exitCode ?? (signal === null ? -1 : -2)));
  });
  return { code, stdout, stderr };
}
