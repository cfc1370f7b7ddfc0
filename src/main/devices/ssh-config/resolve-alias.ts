import { execFile } from "node:child_process";
import { join } from "node:path";
import { AppError } from "../../../shared/domain/index.ts";

/** What ssh makes of an alias. */
export interface ResolvedAlias {
  alias: string;
  host: string;
  port: number;
  user: string;
}

const TIMEOUT_MS = 5_000;
const MAX_OUTPUT_BYTES = 256 * 1024;

/** Places of source code: ssh knows them, and they are nobody's device. */
const CODE_HOSTS =
  /(^|\.)(github\.com|gitlab\.com|bitbucket\.org|codeberg\.org|sr\.ht|dev\.azure\.com|visualstudio\.com)$/i;

/**
 * Asks `ssh -G`, which connects to nobody, what an alias stands for. Null for a place of source code. `configFile` is
 * read in place of the person's own where that is another home's. Throws `unsupported` when there is no ssh, and
 * `bad-input` for what ssh cannot read.
 */
export async function resolveAlias(
  alias: string,
  options: { configFile: string | null; signal: AbortSignal; ssh?: string },
): Promise<ResolvedAlias | null> {
  const file = options.configFile === null ? [] : ["-F", options.configFile];
  const output = await run(options.ssh ?? "ssh", [...file, "-G", "--", alias], options.signal);
  return parseResolved(alias, output);
}

/** Reads what `ssh -G` prints: a keyword in lower case and its value on each line. Throws `bad-input`. */
export function parseResolved(alias: string, output: string): ResolvedAlias | null {
  const values = new Map<string, string>();
  for (const line of output.split("\n")) {
    const at = line.indexOf(" ");
    const word = line.slice(0, Math.max(at, 0));
    if (at > 0 && !values.has(word)) values.set(word, line.slice(at + 1).trim());
  }
  const host = values.get("hostname") ?? "";
  const user = values.get("user") ?? "";
  const port = Number(values.get("port"));
  if (
    host === "" ||
    /[\s\p{Cc}]/u.test(host) ||
    user === "" ||
    /\p{Cc}/u.test(user) ||
    !Number.isInteger(port) ||
    port < 1 ||
    port > 65535
  ) {
    throw new AppError("bad-input", `ssh does not say where "${alias}" is.`, { hint: `Look at: ssh -G ${alias}` });
  }
  return user === "git" || CODE_HOSTS.test(host) ? null : { alias, host, port, user };
}

/** Where the person's own configuration would not be the one of this home, the file is named. */
export function configFileOf(home: string, systemHome: string): string | null {
  return home === systemHome ? null : join(home, ".ssh", "config");
}

function run(program: string, args: readonly string[], signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { timeout: TIMEOUT_MS, maxBuffer: MAX_OUTPUT_BYTES, signal, windowsHide: true };
    execFile(program, args, options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else if (signal.aborted) reject(new AppError("cancelled", "Cancelled."));
      else if (error.code === "ENOENT") reject(new AppError("unsupported", "There is no ssh on this machine."));
      else if (error.killed === true) reject(new AppError("timed-out", "ssh -G did not answer in time."));
      else reject(new AppError("bad-input", firstLine(stderr) || "ssh could not read its configuration."));
    });
  });
}

function firstLine(text: string): string {
  return (text.split("\n")[0] ?? "").replaceAll(/\p{Cc}/gu, "").slice(0, 300);
}
