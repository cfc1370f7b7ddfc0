import { AppError, type SshTarget } from "../../shared/domain/index.ts";
import type { RemoteProcess } from "./remote-process.ts";
import type { ExecOptions, ExecResult } from "./ssh-connection.ts";
import { formatTarget, lostConnection } from "./ssh-errors.ts";

const defaultTimeoutMs = 20_000;

/** What one command may print; more than this is not an answer but a mistake. */
const stdoutMaxBytes = 8 * 1024 * 1024;

/**
 * Runs a command to its end. `start` gets a signal that aborts on timeout and cancellation, and may wait for a place.
 * Throws `timed-out`, `cancelled`, `unreachable` when the connection goes, `unsupported` when the login shell does not
 * run commands.
 */
export async function execCommand(
  target: SshTarget,
  start: (signal: AbortSignal) => Promise<RemoteProcess>,
  what: string,
  options: ExecOptions = {},
): Promise<ExecResult> {
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
  const timeout = new AppError("timed-out", `"${what}" on ${formatTarget(target)} took longer than ${timeoutMs} ms.`);
  const cancelled = new AppError("cancelled", `"${what}" was cancelled.`);
  const abort = new AbortController();
  const onAbort = (): void => abort.abort(cancelled);
  if (options.signal?.aborted === true) throw cancelled;
  options.signal?.addEventListener("abort", onAbort, { once: true });
  const timer = setTimeout(() => abort.abort(timeout), timeoutMs);
  try {
    const process = await start(abort.signal);
    return await finish(target, process, what, options.stdin ?? "", abort.signal);
  } catch (error) {
    if (abort.signal.aborted) throw abort.signal.reason;
    // A stream that breaks says so in its own words: for the caller the connection was lost.
    throw error instanceof Error && !(error instanceof AppError) ? lostConnection(target, error.message, error) : error;
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener("abort", onAbort);
  }
}

async function finish(
  target: SshTarget,
  process: RemoteProcess,
  what: string,
  stdin: string,
  signal: AbortSignal,
): Promise<ExecResult> {
  const stop = (): void => process.close();
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  const aborted = new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  try {
    const stdout = collect(process, what);
    // Nothing is written where there is nothing: the command may be over already.
    if (stdin === "") process.stream.end();
    else process.stream.end(stdin);
    const text = await Promise.race([stdout, aborted]);
    const exitCode = await Promise.race([process.ended, aborted]);
    if (exitCode === null) throw lostConnection(target, "it ended while a command ran");
    if (process.stream.pid === null) throw noShell(target, process.noise);
    return { exitCode, stdout: text, stderr: process.stderr() };
  } finally {
    signal.removeEventListener("abort", stop);
    process.close();
  }
}

async function collect(process: RemoteProcess, what: string): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of process.stream) {
    if (!Buffer.isBuffer(chunk)) continue;
    bytes += chunk.length;
    if (bytes > stdoutMaxBytes) throw new AppError("unsupported", `"${what}" prints more than Bayplan reads.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function noShell(target: SshTarget, noise: string): AppError {
  const said = noise === "" ? "It says nothing." : `It says: ${JSON.stringify(noise.slice(0, 200))}.`;
  return new AppError("unsupported", `${formatTarget(target)} lets this user in, but runs no commands. ${said}`, {
    hint: "The user needs a login shell such as /bin/sh, and no forced command for this key.",
  });
}
