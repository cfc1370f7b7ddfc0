import { pipeline } from "node:stream/promises";
import * as z from "zod";
import { AppError } from "../../../shared/domain/index.ts";
import { bytesText, saidWords } from "../../../shared/format/index.ts";
import type { Progress } from "../../engines/index.ts";
import type { ExecResult, SshConnection } from "../../ssh/index.ts";
import {
  hashScript,
  listScript,
  lookScript,
  removeAllScript,
  removeSentScript,
  revertScript,
  sendScript,
  settleScript,
} from "./device-scripts.ts";
import { packProjectFiles } from "./pack-project-files.ts";
import { type SendPlan, type SentFiles, sentFilesSchema } from "./sent-files.ts";

/** What a device says before anything is sent. */
export interface DeviceLook {
  /** The folder of the project's files: the one that is there, or where it would be; null when this user may write nowhere. */
  folder: string | null;
  isThere: boolean;
  /** Null when the device does not say. */
  freeBytes: number | null;
  /** Of the paths that were asked for, those that are not there. */
  gone: string[];
  sent: SentFiles | null;
}

/** How the script for sending ends when it was putting files in place. */
const halfInPlace = 7;

/** A device hashes and unpacks at the speed of its card. */
const slowTimeoutMs = 300_000;

const lookSchema = z.string().max(8 * 1024 * 1024);

/** The files of one project on a device, over its one connection. */
export class DeviceFolder {
  readonly #connection: SshConnection;
  readonly #project: string;
  readonly #signal: AbortSignal | null;

  constructor(connection: SshConnection, project: string, signal: AbortSignal | null = null) {
    this.#connection = connection;
    this.#project = project;
    this.#signal = signal;
  }

  /** @throws AppError `unsupported` when the device lacks a tool, and what the connection throws. */
  async look(paths: readonly string[]): Promise<DeviceLook> {
    const { stdout } = await this.#run(lookScript, [this.#project, ...paths]);
    const [head = "", ...rest] = lookSchema.parse(stdout).split("\nsent\n");
    const lines = head.split("\n").map((line): [string, string] => {
      const at = line.indexOf("=");
      return [line.slice(0, at), line.slice(at + 1)];
    });
    const said = (key: string) => lines.find(([name]) => name === key)?.[1] ?? "";
    const lacks = lines.flatMap(([name, value]) => (name === "lacks" ? [value] : []));
    if (lacks.length > 0) {
      throw new AppError("unsupported", `The device lacks ${lacks.join(" and ")}, and takes no files of a stack.`, {
        hint: "Install coreutils or busybox there, or build the files into the images.",
      });
    }
    const gone = lines.flatMap(([name, value]) => (name === "gone" ? [paths[Number(value)] ?? ""] : []));
    const there = said("there");
    const free = Number(said("free"));
    return {
      folder: there || said("new") || null,
      isThere: there !== "",
      freeBytes: said("free") === "" || !Number.isFinite(free) ? null : free * 1024,
      gone,
      sent: sentIn(rest.join("\nsent\n")),
    };
  }

  /** SHA-256 of these files as they are there now, by path; of one that is not there, none. */
  async hashes(folder: string, paths: readonly string[]): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    if (paths.length === 0) return found;
    const stdin = paths.map((path) => `${path}\0`).join("");
    const { stdout } = await this.#run(hashScript, [folder], { stdin, timeoutMs: slowTimeoutMs });
    for (const line of stdout.split("\n")) {
      // A backslash in front says that the name has some that are doubled (coreutils).
      const match = /^(\\?)([0-9a-f]{64}) [ *](.*)$/.exec(line);
      const [, escaped, digest = "", name = ""] = match ?? [];
      if (match !== null) found.set(escaped === "\\" ? name.replaceAll("\\\\", "\\") : name, digest);
    }
    return found;
  }

  /**
   * Sends what a plan says and puts it in place once all of it is there.
   * @throws AppError `unsupported` (disk full, no permission, a folder that is a link), `unreachable`, `cancelled`.
   */
  async send(folder: string, plan: SendPlan, onProgress: Progress): Promise<void> {
    const process = await this.#connection.start(["sh", "-c", sendScript, "sh", folder]);
    const stop = (): void => process.close();
    this.#signal?.addEventListener("abort", stop, { once: true });
    try {
      if (this.#signal?.aborted === true) stop();
      process.stream.resume();
      let failure: unknown = null;
      try {
        await pipeline(packProjectFiles(plan, onProgress), process.stream, { end: true });
      } catch (error) {
        failure = error;
      }
      const code = await process.exited;
      if (this.#signal?.aborted === true) throw new AppError("cancelled", "Copying to the device was cancelled.");
      if (code === 0) return;
      // What cannot be read here ends the sending there as well; it is the reason.
      if (failure instanceof AppError) throw failure;
      if (code === halfInPlace) await this.revert(folder);
      throw this.#lost() ?? sendFailed(folder, code, process.stderr(), failure);
    } finally {
      this.#signal?.removeEventListener("abort", stop);
      process.close();
    }
  }

  async settle(folder: string): Promise<void> {
    await this.#run(settleScript, [folder]);
  }

  /** @throws AppError `engine-failed` when the files cannot be put back. */
  async revert(folder: string): Promise<void> {
    await this.#must(revertScript, [folder], "The files of the stack could not be put back as they were");
  }

  /** Every file below the project's folder there, those that containers have made included. */
  async list(folder: string): Promise<string[]> {
    const { stdout } = await this.#run(listScript, [folder], { timeoutMs: slowTimeoutMs });
    return stdout.split("\0").flatMap((path) => (path === "" ? [] : [path.replace(/^\.\//, "")]));
  }

  async removeSent(folder: string, paths: readonly string[]): Promise<void> {
    const stdin = paths.map((path) => `${path}\0`).join("");
    await this.#run(removeSentScript, [folder], { stdin, timeoutMs: slowTimeoutMs });
  }

  /** @throws AppError `unsupported` when there is what this user may not remove. */
  async removeAll(folder: string): Promise<void> {
    const { exitCode } = await this.#run(removeAllScript, [folder], { timeoutMs: slowTimeoutMs });
    if (exitCode === 0) return;
    throw new AppError("unsupported", `Containers have written files into ${folder} that this user may not remove.`, {
      hint: `Remove it on the device: sudo rm -rf ${folder}.`,
    });
  }

  async #must(script: string, args: readonly string[], what: string): Promise<void> {
    const { exitCode, stderr } = await this.#run(script, args);
    if (exitCode === 0) return;
    throw new AppError("engine-failed", `${what}: ${saidWords(stderr, 200) || `exit code ${exitCode}`}.`);
  }

  #run(
    script: string,
    args: readonly string[],
    options: { stdin?: string; timeoutMs?: number } = {},
  ): Promise<ExecResult> {
    const signal = this.#signal === null ? {} : { signal: this.#signal };
    return this.#connection.exec(["sh", "-c", script, "sh", ...args], { ...options, ...signal });
  }

  #lost(): AppError | null {
    if (!this.#connection.closed) return null;
    let reason: AppError | null = null;
    this.#connection.onClosed((why) => {
      reason = why;
    });
    return reason ?? new AppError("unreachable", "The connection to the device ended while files were copied to it.");
  }
}

/** A file that somebody else has written there counts as none. */
function sentIn(text: string): SentFiles | null {
  try {
    const sent = sentFilesSchema.safeParse(JSON.parse(text));
    return sent.success ? sent.data : null;
  } catch {
    // Nothing was sent yet, or it broke off: then everything is sent.
    return null;
  }
}

function sendFailed(folder: string, code: number, stderr: string, cause: unknown): AppError {
  const words = saidWords(stderr, 300);
  if (/no space left|disk quota/i.test(stderr)) return diskFull(folder, null, null);
  if (/permission denied|read-only file system|operation not permitted/i.test(stderr)) {
    const message = `This user may not write the files of the stack into ${folder} on the device: ${words}.`;
    return new AppError("unsupported", message, {
      hint: "Log in as a user who may, or remove what stands there.",
      cause,
    });
  }
  const what = code === 6 ? "it broke off" : words || `exit code ${code}`;
  return new AppError("unsupported", `The files of the stack could not be put into ${folder} on the device: ${what}.`, {
    hint: "Nothing was changed there. Try again; if it goes on, look at that folder.",
    cause,
  });
}

/** `needed` and `free` in bytes, where they are known. */
export function diskFull(folder: string, needed: number | null, free: number | null): AppError {
  const figures =
    needed === null || free === null ? "" : `: ${bytesText(needed)} are to be copied, ${bytesText(free)} are free`;
  return new AppError("unsupported", `The device's disk is full, at ${folder}${figures}.`, {
    hint: "Free some space there (docker system prune, old logs) and try again. Nothing was changed.",
  });
}
