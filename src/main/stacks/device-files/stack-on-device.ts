import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { posix } from "node:path";
import { AppError, type Finding, type Stack } from "../../../shared/domain/index.ts";
import { bytesText } from "../../../shared/format/index.ts";
import type { Progress } from "../../engines/index.ts";
import type { SshConnection } from "../../ssh/index.ts";
import { DeviceFolder, type DeviceLook, diskFull } from "./device-folder.ts";
import { type ProjectFile, readProjectFiles, type SortedBinds, sortBinds } from "./project-binds.ts";
import { isSame, planSend, type SendPlan, type SentFiles } from "./sent-files.ts";

export interface StackOnDevice {
  /** The stack with the device's paths in place of the project's. */
  stack: Stack;
  findings: Finding[];
  /** By service: what tells the contents of single files that it binds apart, since a container keeps the file that it began with. */
  contents: ReadonlyMap<string, string>;
  /** The stack is up: what was replaced may go. */
  settle: () => Promise<void>;
  /** The start has failed: files that were there before are as they were, for the containers as they were. */
  putBack: () => Promise<void>;
  /** The stack is not up: the same, and no files where none were. */
  revert: () => Promise<void>;
}

export interface PutRequest {
  connection: SshConnection;
  stack: Stack;
  onProgress: Progress;
  signal: AbortSignal;
}

/** Left on the disk beside what is copied. */
const spareBytes = 4 * 1024 * 1024;

/**
 * Copies what a stack binds of its own folder to a device, into a folder of the project there, and sends only what changed. Places
 * outside of the project are the device's own and stay as they are.
 * @throws AppError `bad-input` (a link that leaves the project, what cannot be read), `unsupported` (disk full, no permission),
 * `unreachable`, `cancelled`; nothing is changed on the device then.
 */
export async function putStackOnDevice({ connection, stack, onProgress, signal }: PutRequest): Promise<StackOnDevice> {
  const binds = sortBinds(stack);
  const nothing = async (): Promise<void> => undefined;
  const plain = {
    stack,
    findings: [],
    contents: new Map<string, string>(),
    settle: nothing,
    putBack: nothing,
    revert: nothing,
  };
  if (binds.inside.length === 0 && binds.outside.length === 0) return plain;
  const { files, skipped } = await readProjectFiles(stack, binds.inside);
  const folder = new DeviceFolder(connection, stack.name, signal);
  const look = await folder.look(binds.outside.map(({ source }) => source));
  const findings = [...outsideFindings(binds, look), ...skipped.map((path) => skippedFinding(stack, path))];
  if (binds.inside.length === 0) return { ...plain, findings };
  if (look.folder === null) throw nowhereToWrite();
  const place = look.folder;
  // Whatever comes of it, tidying up is not cut short by the caller.
  const after = new DeviceFolder(connection, stack.name);
  const there = await folder.hashes(place, hashable(look.sent?.files ?? {}));
  const plan = planSend(files, look.sent, there);
  tellChanged(plan, onProgress);
  const sends = !isSame(plan, look.sent);
  if (sends) {
    const bytes = plan.send.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    if (look.freeBytes !== null && bytes + spareBytes > look.freeBytes) throw diskFull(place, bytes, look.freeBytes);
    const count = plan.send.filter(({ kind }) => kind !== "folder").length;
    onProgress(`Copying ${count} ${count === 1 ? "file" : "files"} (${bytesText(bytes)}) to ${place} on the device`);
    try {
      await folder.send(place, plan, onProgress);
    } catch (error) {
      // Where the line was cut, the device tidies up by itself.
      if (!look.isThere && !connection.closed) await after.removeAll(place);
      throw error;
    }
  }
  const putBack = once(() => (sends && look.isThere ? after.revert(place) : nothing()));
  return {
    stack: moved(stack, binds, place),
    findings,
    contents: contentsOf(binds, files),
    settle: () => (sends ? after.settle(place) : nothing()),
    putBack,
    revert: () => (sends && !look.isThere ? after.removeAll(place) : putBack()),
  };
}

export interface RemovedFiles {
  /** Names of files that containers have written, and that are kept. */
  kept: string[];
  folder: string;
}

/**
 * Removes what was copied for a project; what containers have written there is kept and named, unless `volumes` is set. Null when
 * there was nothing.
 * @throws AppError `unsupported` for what this user may not remove.
 */
export async function removeFromDevice(
  connection: SshConnection,
  project: string,
  { volumes }: { volumes: boolean },
): Promise<RemovedFiles | null> {
  const device = new DeviceFolder(connection, project);
  const { folder, isThere, sent } = await device.look([]);
  if (folder === null || !isThere) return null;
  const known = sent?.files ?? {};
  const files = volumes ? [] : await device.list(folder);
  const hashes = volumes ? new Map<string, string>() : await device.hashes(folder, hashable(known));
  const isAsSent = (path: string): boolean => {
    const one = known[path];
    return one !== undefined && (one.link || hashes.get(path) === one.digest);
  };
  const kept = files.filter((path) => !isAsSent(path));
  if (kept.length === 0) await device.removeAll(folder);
  else
    await device.removeSent(
      folder,
      files.filter((path) => !kept.includes(path)),
    );
  return { kept, folder };
}

/** Does a thing at the first call only, and gives what came of it at every one. */
function once(action: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | null = null;
  return () => {
    done ??= action();
    return done;
  };
}

/** A link's hash would be that of what it leads to. */
function hashable(files: SentFiles["files"]): string[] {
  return Object.entries(files).flatMap(([path, { link }]) => (link ? [] : [path]));
}

function tellChanged({ kept, replaced }: SendPlan, onProgress: Progress): void {
  for (const path of kept) onProgress(`${path} was changed on the device and is left as it is`);
  for (const path of replaced)
    onProgress(`${path} was changed on the device, and is replaced since it changed here, too`);
}

function moved(stack: Stack, binds: SortedBinds, folder: string): Stack {
  const sources = new Map(binds.inside.map(({ mount, path }) => [mount, posix.join(folder, "files", path)]));
  return {
    ...stack,
    services: stack.services.map((service) => ({
      ...service,
      mounts: service.mounts.map((mount) => ({ ...mount, source: sources.get(mount) ?? mount.source })),
    })),
  };
}

function contentsOf(binds: SortedBinds, files: readonly ProjectFile[]): Map<string, string> {
  const digests = new Map(files.filter(({ kind }) => kind === "file").map(({ path, digest }) => [path, digest]));
  const hashes = new Map<string, string>();
  for (const { service, path } of binds.inside) {
    const digest = digests.get(path);
    if (digest === undefined) continue;
    const text = `${hashes.get(service.name) ?? ""}\0${path}\0${digest}`;
    hashes.set(service.name, createHash("sha256").update(text).digest("hex"));
  }
  return hashes;
}

/** Each place once, at the first service that binds it. */
function outsideFindings({ outside }: SortedBinds, { gone }: DeviceLook): Finding[] {
  return [...new Set(gone)].flatMap((path): Finding[] => {
    const bind = outside.find(({ source }) => source === path);
    if (bind === undefined) return [];
    const isHere = existsSync(path);
    const message = isHere
      ? `${path} is on this machine, outside of the stack's folder, and not on the device: the engine puts an empty folder at ${bind.mount.target}.`
      : `${path} is neither in the stack's folder nor on the device: the engine puts an empty folder at ${bind.mount.target}.`;
    const hint = isHere
      ? "Move it into the folder of the stack, and it is copied; or put it on the device."
      : "Create it on the device, or correct the path.";
    return [{ rule: "stack.missing-bind", severity: "warning", message, hint, place: bind.service.place }];
  });
}

function skippedFinding(stack: Stack, path: string): Finding {
  const message = `${path} is no file, folder or link (a socket, a pipe or a device), and is not copied.`;
  return {
    rule: "stack.not-copied",
    severity: "warning",
    message,
    hint: null,
    place: { file: stack.file, line: 1, column: 1 },
  };
}

function nowhereToWrite(): AppError {
  return new AppError("unsupported", "This user may write in no folder of the device where files of a stack belong.", {
    hint: "Give the user a home folder, make /var/lib/bayplan/stacks for it, or log in as another user.",
  });
}
