import { type ChildProcess, spawn } from "node:child_process";
import * as z from "zod";
import { AppError } from "../../../shared/domain/index.ts";
import { saidWords } from "../../../shared/format/index.ts";
import type { Credentials } from "./account.ts";

const answerSchema = z.object({ Username: z.string(), Secret: z.string() });

/** A helper may ask a person for the passphrase of a keychain. */
const answerTimeoutMs = 30_000;

const answerMaxBytes = 64 * 1024;

/** What helpers say when they know no account (docker-credential-helpers: errCredentialsNotFound). */
const unknownAccount = /credentials not found/i;

/** No part of it is a path: only a program on the PATH is run. */
const helperName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** A user of this name means that the secret is a token (docker/cli: credentials.tokenUsername). */
const tokenUser = "<token>";

export interface HelperQuestion {
  /** `pass`, for the program docker-credential-pass. */
  name: string;
  /** What the account is kept under. */
  key: string;
  env: Readonly<Record<string, string | undefined>>;
  signal: AbortSignal;
  timeoutMs?: number | undefined;
}

/**
 * Asks a credential helper of docker's (`docker-credential-NAME get`, the key on its standard input) for an account; null when it
 * knows none. Throws `bad-input` (no name), `not-found` (no such program), `timed-out`, `engine-failed` (it failed, or its answer is
 * none), `cancelled`; none of them holds what might be a secret.
 */
export async function askHelper(question: HelperQuestion): Promise<Credentials | null> {
  const { name, key } = question;
  if (!helperName.test(name)) throw new AppError("bad-input", `"${saidWords(name, 60)}" is no name of a helper`);
  const program = `docker-credential-${name}`;
  const { code, stdout, stderr } = await run(program, key, question);
  if (code !== 0) {
    const words = stdout.trim() || stderr.trim();
    if (unknownAccount.test(words)) return null;
    // A helper that fails says why in a line; what looks like its answer is not for anybody's eyes.
    const why = words === "" || words.includes("{") ? `ended with exit code ${code}` : `says: ${saidWords(words, 200)}`;
    throw new AppError("engine-failed", `${program} ${why}`);
  }
  const answer = answerSchema.safeParse(jsonOrNull(stdout));
  if (!answer.success) throw new AppError("engine-failed", `${program} gave an answer that cannot be read`);
  const { Username: username, Secret: secret } = answer.data;
  if (username === "" && secret === "") return null;
  return username === tokenUser
    ? { kind: "identity-token", token: secret }
    : { kind: "password", username, password: secret };
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The schema refuses it; the error of the parser would quote the text.
    return null;
  }
}

interface Answer {
  code: number;
  stdout: string;
  stderr: string;
}

function run(program: string, key: string, question: HelperQuestion): Promise<Answer> {
  const { env, signal, timeoutMs = answerTimeoutMs } = question;
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(cancelled());
    // A group of its own: a helper is often a script, and what it has started must not outlive it.
    const child = spawn(program, ["get"], { env: { ...env }, detached: true, stdio: ["pipe", "pipe", "pipe"] });
    const text = { stdout: "", stderr: "" };
    let failure: AppError | null = null;
    const end = (reason: AppError): void => {
      failure ??= reason;
      endGroup(child);
    };
    const late = `${program} has not answered for ${timeoutMs / 1000} s`;
    const timer = setTimeout(() => end(new AppError("timed-out", late)), timeoutMs);
    const onAbort = (): void => end(cancelled());
    signal.addEventListener("abort", onAbort, { once: true });
    const release = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
    };
    for (const stream of ["stdout", "stderr"] as const) {
      child[stream].setEncoding("utf8").on("data", (chunk: string) => {
        text[stream] += chunk;
        if (text[stream].length > answerMaxBytes) end(new AppError("engine-failed", `${program} answers without end`));
      });
    }
    // It may end without having read what it is asked.
    child.stdin.on("error", () => undefined);
    child.stdin.end(`${key}\n`);
    child.on("error", (error) => {
      release();
      reject(failure ?? notStarted(program, error));
    });
    child.on("close", (code) => {
      release();
      if (failure !== null) reject(failure);
      else resolve({ code: code ?? -1, ...text });
    });
  });
}

function notStarted(program: string, cause: NodeJS.ErrnoException): AppError {
  return cause.code === "ENOENT"
    ? new AppError("not-found", `${program} is not on the PATH`, { cause })
    : new AppError("engine-failed", `${program} could not be started (${cause.code ?? "no reason"})`, { cause });
}

function endGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(process.platform === "win32" ? child.pid : -child.pid, "SIGKILL");
  } catch (error) {
    const isGone = error instanceof Error && "code" in error && error.code === "ESRCH";
    if (!isGone) throw error;
  }
}

function cancelled(): AppError {
  return new AppError("cancelled", "Asking for the account of a registry was cancelled.");
}
