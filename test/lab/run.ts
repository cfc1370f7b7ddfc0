/** Runs programs: to their end with their output kept, or detached with no pipe back to us. */
import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";

export interface RunResult {
  code: number;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  /** Written to the program's standard input, which is empty otherwise. */
  input?: string;
  env?: Record<string, string>;
  timeoutMs?: number;
  signal?: AbortSignal;
}

export class CommandFailed extends Error {
  constructor(
    readonly argv: readonly string[],
    readonly result: RunResult,
  ) {
    const said = result.stderr.trim() || result.stdout.trim();
    super(`"${argv.slice(0, 6).join(" ")}" ended with ${result.code}${said === "" ? "" : `: ${said.slice(-600)}`}`);
    this.name = "CommandFailed";
  }
}

export function tryRun(argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const [program, ...args] = argv;
  if (program === undefined) return Promise.reject(new Error("An empty command cannot be run."));
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: ["pipe", "pipe", "pipe"],
      env: { ...process.env, ...options.env },
      ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs, killSignal: "SIGKILL" as const }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
    child.stdin.on("error", () => undefined);
    child.on("error", reject);
    child.on("close", (code) => {
      resolve({ code: code ?? 137, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() });
    });
    child.stdin.end(options.input ?? "");
  });
}

/** Like `tryRun`, but anything except exit code 0 is an error; resolves with the standard output. */
export async function run(argv: readonly string[], options: RunOptions = {}): Promise<string> {
  const result = await tryRun(argv, options);
  if (result.code !== 0) throw new CommandFailed(argv, result);
  return result.stdout;
}

/** Starts a program in a session of its own, its output going to a file; nothing of ours stays open in it. */
export function spawnDetached(argv: readonly string[], logPath: string, cwd = "/"): number {
  const [program, ...args] = argv;
  if (program === undefined) throw new Error("An empty command cannot be started.");
  const log = openSync(logPath, "a");
  try {
    const child = spawn(program, args, { detached: true, stdio: ["ignore", log, log], cwd });
    child.on("error", () => undefined);
    child.unref();
    if (child.pid === undefined) throw new Error(`${program} could not be started.`);
    return child.pid;
  } finally {
    closeSync(log);
  }
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Polls until `check` gives something other than undefined. */
export async function waitFor<T>(
  what: string,
  timeoutMs: number,
  check: () => Promise<T | undefined> | T | undefined,
  everyMs = 100,
): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const found = await check();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`Waited ${Math.round(timeoutMs / 1000)} s in vain for ${what}.`);
    await sleep(everyMs);
  }
}

/** A word for use in a POSIX shell line. */
export function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
