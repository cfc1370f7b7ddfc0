import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { StackUpdate } from "../../shared/contract/index.ts";
import { AppError, type Failure, type OpenedStack, toFailure } from "../../shared/domain/index.ts";

/** How often the files are looked at. Watchers of the system miss files on shares, and those that editors put in place. */
const lookEveryMs = 500;

type Open = () => Promise<OpenedStack>;

/**
 * A stack as it is, and again after each change of one of its files, until the signal aborts. A stack that cannot be had
 * is an update too: it comes back when its file does.
 */
export async function* watchStack(path: string, open: Open, signal: AbortSignal): AsyncGenerator<StackUpdate> {
  let watched: readonly string[] = [path];
  let last = "";
  for (let seq = 1; !signal.aborted; ) {
    const before = await stampsOf(watched);
    const said = await lookAt(open);
    const files = [path, ...filesOf(said)];
    // What appears in its folder may belong to it: `.env`, an override, a file that was missing.
    const paths = [...files, dirname(said.kind === "opened" ? said.opened.file : path)];
    const stamps = new Map([...(await stampsOf(paths)), ...before]);
    watched = paths;
    const now = JSON.stringify([said, files.map((one) => stamps.get(one))]);
    if (now !== last) {
      last = now;
      yield { ...said, seq, atMs: Date.now() };
      seq += 1;
    }
    await untilChanged(paths, stamps, signal);
  }
}

type Said = { kind: "opened"; opened: OpenedStack } | { kind: "failed"; failure: Failure };

async function lookAt(open: Open): Promise<Said> {
  try {
    return { kind: "opened", opened: await open() };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { kind: "failed", failure: toFailure(error) };
  }
}

function filesOf(said: Said): string[] {
  return said.kind === "opened" ? [said.opened.file, ...said.opened.files.map((one) => one.path)] : [];
}

async function untilChanged(
  paths: readonly string[],
  stamps: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await sleep(lookEveryMs, undefined, { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
    const now = await stampsOf(paths);
    if (paths.some((path) => now.get(path) !== stamps.get(path))) return;
  }
}

/** What tells two states of a file apart; empty for none. */
async function stampsOf(paths: readonly string[]): Promise<Map<string, string>> {
  const unique = [...new Set(paths)];
  return new Map(await Promise.all(unique.map(async (path) => [path, await stampOf(path)] as const)));
}

async function stampOf(path: string): Promise<string> {
  try {
    const { ino, size, mtimeMs } = await stat(path);
    return `${ino} ${size} ${mtimeMs}`;
  } catch (error) {
    if (error instanceof Error && "code" in error) return "";
    throw error;
  }
}
