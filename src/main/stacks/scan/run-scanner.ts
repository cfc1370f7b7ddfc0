import { spawn } from "node:child_process";
import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { delimiter, isAbsolute, join } from "node:path";
import { AppError } from "../../../shared/domain/index.ts";
import { saidWords } from "../../../shared/format/index.ts";
import { type Scanner, scanners } from "./scanners.ts";

/** A first run fetches the list of vulnerabilities, too; trivy's own limit is the same. */
const defaultLimitMs = 5 * 60_000;
const maxAnswerBytes = 64 * 1024 * 1024;
const maxWordsBytes = 16 * 1024;
const killAfterMs = 3_000;

/** A scanner that is installed. */
export interface InstalledScanner {
  scanner: Scanner;
  /** Absolute path. */
  program: string;
}

/** The first scanner on the PATH; null when there is none. */
export async function findScanner(path: string | undefined): Promise<InstalledScanner | null> {
  const folders = (path ?? "").split(delimiter).filter((folder) => isAbsolute(folder));
  for (const scanner of scanners) {
    for (const folder of folders) {
      const program = join(folder, process.platform === "win32" ? `${scanner.name}.exe` : scanner.name);
      if (await isProgram(program)) return { scanner, program };
    }
  }
  return null;
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch (error) {
    // Not there, or not ours to run: either way the next one is looked at.
    if (error instanceof Error && "code" in error) return false;
    throw error;
  }
}

/**
 * What a scanner prints on one image.
 * @throws AppError `engine-failed` in its own words when it fails, `timed-out`, `cancelled`.
 */
export async function runScanner(
  { scanner, program }: InstalledScanner,
  image: string,
  { signal, limitMs = defaultLimitMs }: { signal: AbortSignal; limitMs?: number },
): Promise<string> {
  if (signal.aborted) throw new AppError("cancelled", "The scan was cancelled.");
  const child = spawn(program, scanner.words(image), { stdio: ["ignore", "pipe", "pipe"] });
  const timeLimit = AbortSignal.timeout(limitMs);
  const chunks: Buffer[] = [];
  let bytes = 0;
  let words = "";
  let killing: NodeJS.Timeout | null = null;
  const stop = () => {
    child.kill("SIGTERM");
    killing ??= setTimeout(() => child.kill("SIGKILL"), killAfterMs);
  };
  child.stdout.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > maxAnswerBytes) stop();
    else chunks.push(chunk);
  });
  child.stderr.on("data", (chunk: Buffer) => {
    words = `${words}${chunk.toString()}`.slice(-maxWordsBytes);
  });
  const limits = AbortSignal.any([signal, timeLimit]);
  limits.addEventListener("abort", stop, { once: true });
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    if (signal.aborted) throw new AppError("cancelled", "The scan was cancelled.");
    if (timeLimit.aborted) throw failed("timed-out", `${scanner.name} took more than ${limitMs / 1000} s`);
    if (bytes > maxAnswerBytes) throw failed("engine-failed", `${scanner.name} said more than 64 MiB`);
    if (code !== 0) throw failed("engine-failed", `${scanner.name} failed (${code ?? "killed"}): ${lastLine(words)}`);
    return Buffer.concat(chunks).toString("utf8");
  } finally {
    limits.removeEventListener("abort", stop);
    if (killing !== null) clearTimeout(killing);
  }
}

function failed(code: "timed-out" | "engine-failed", sentence: string): AppError {
  return new AppError(code, `${sentence}.`);
}

/** A scanner says its reason last. */
function lastLine(words: string): string {
  const line = words.trim().split("\n").at(-1) ?? "";
  return line === "" ? "it did not say why" : saidWords(line, 300);
}
