import { chmod, mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { AppError } from "../../shared/domain/index.ts";
import { currentOwner, formatOwner, isOwnerAlive, type Owner, parseOwner } from "./owner.ts";
import { codeOf, storeError } from "./store-error.ts";

/** Its owner's name is written as soon as a lock is there: one that is without for so long was left by a crash. */
const NAMELESS_MS = 10_000;

export interface LockOptions {
  /** Milliseconds to wait for another owner before giving up; 5,000 unless told, 0: one try. */
  waitMs?: number;
  /** What is being protected, for the sentence people read when it is taken. */
  what?: string;
}

/** A lock that is held; `release` gives it back and may be called again. */
export interface HeldLock {
  release(): Promise<void>;
}

/**
 * Takes the lock file at `path` for this process. The file holds its owner, so that a lock left by a process that died
 * is taken over, and one of a living process never is. Throws `conflict` when a living owner keeps it, `bad-input` when it
 * cannot be written.
 */
export async function takeLock(path: string, options: LockOptions = {}): Promise<HeldLock> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  } catch (error) {
    throw storeError(`${dirname(path)} cannot be made`, error);
  }
  const deadlineMs = performance.now() + (options.waitMs ?? 5_000);
  for (;;) {
    if (await tryCreate(path)) return heldLock(path);
    const holder = await readHolder(path);
    if (holder === null ? await isNameless(path) : !isOwnerAlive(holder)) {
      await removeDeadLock(path, holder);
      continue;
    }
    if (performance.now() >= deadlineMs) throw lockedError(path, holder, options.what);
    await sleep(20 + Math.random() * 30);
  }
}

/**
 * Takes a lock that holds for the whole machine, whichever data folder a Bayplan uses: for what there is one of, such as
 * an engine. The folder is open to every user, and sticky, as /tmp is.
 */
export async function takeMachineLock(name: string, options: LockOptions = {}): Promise<HeldLock> {
  const folder = join(tmpdir(), "bayplan-locks");
  const created = await mkdir(folder, { recursive: true });
  // The umask has a say in mkdir's own mode.
  if (created !== undefined) await chmod(folder, 0o1777);
  return takeLock(join(folder, `${name}.lock`), options);
}

/** Runs `action` while holding the lock file at `path`. */
export async function withLock<T>(path: string, action: () => Promise<T>, options: LockOptions = {}): Promise<T> {
  const lock = await takeLock(path, options);
  try {
    return await action();
  } finally {
    await lock.release();
  }
}

async function tryCreate(path: string): Promise<boolean> {
  try {
    const file = await open(path, "wx", 0o644);
    try {
      await file.writeFile(`${formatOwner(currentOwner())}\n`);
    } catch (error) {
      // A full disk has room for a name, but not for what is in the file: without its owner it would never be free again.
      await rm(path, { force: true });
      throw error;
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw storeError(`${path} cannot be written`, error);
  }
}

/** Null when the lock has just gone, or its owner has not written its name yet. */
async function readHolder(path: string): Promise<Owner | null> {
  try {
    return parseOwner((await readFile(path, "utf8")).trim());
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw error;
  }
}

async function isNameless(path: string): Promise<boolean> {
  try {
    const { size, mtimeMs } = await stat(path);
    return size === 0 && Date.now() - mtimeMs > NAMELESS_MS;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw error;
  }
}

/**
 * Removing a dead owner's file by name could remove a lock that somebody took in the meantime. Moving it aside first
 * is atomic: whoever moved it looks at what was moved, and puts a living owner's file back.
 */
async function removeDeadLock(path: string, dead: Owner | null): Promise<void> {
  const aside = `${path}.dead-${process.pid}-${Date.now()}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return;
    throw error;
  }
  const moved = await readHolder(aside);
  const isOther = moved !== null && (dead === null || formatOwner(moved) !== formatOwner(dead));
  if (isOther && isOwnerAlive(moved)) {
    await rename(aside, path);
    return;
  }
  await rm(aside, { force: true });
}

function heldLock(path: string): HeldLock {
  let released = false;
  return {
    async release() {
      if (released) return;
      released = true;
      await rm(path, { force: true });
    },
  };
}

function lockedError(path: string, holder: Owner | null, what: string | undefined): AppError {
  const who = holder === null ? "another process" : `process ${holder.pid}`;
  return new AppError("conflict", `${what ?? path} is in use by ${who}.`, {
    hint: "Wait until it has finished, or stop that Bayplan, and try again.",
  });
}
