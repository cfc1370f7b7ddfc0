import { readdir } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { FolderListing, UpUpdate } from "../../shared/contract/index.ts";
import { AppError, type OpenedStack, type StackFormat } from "../../shared/domain/index.ts";
import type { Fleet } from "../devices/index.ts";
import { type Engine, openLocalEngine } from "../engines/index.ts";
import { openStack, removeStack, requireStack, startStack } from "../stacks/index.ts";
import { currentOwner, resourcesFolder, type SettingsStore } from "../store/index.ts";
import { BoundedQueue } from "../streams/index.ts";

const recentMax = 10;

interface StackFile {
  file: string;
  /** What it is written in; null: as it looks. */
  from: StackFormat | null;
}

/** Opens a stack file and remembers it among the recent ones when it could be read. */
export async function openStackFile({ file, from }: StackFile, settings: SettingsStore): Promise<OpenedStack> {
  const opened = await openStack(file, process.env, { from });
  const { recentStacks } = await settings.get();
  if (opened.stack !== null && recentStacks[0] !== opened.file) {
    const others = recentStacks.filter((other) => other !== opened.file);
    await settings.set({ recentStacks: [opened.file, ...others].slice(0, recentMax) });
  }
  return opened;
}

/** The sample stack that ships with Bayplan. */
export function openSample(): Promise<OpenedStack> {
  return openStack(join(resourcesFolder(), "stacks", "gateway", "compose.yaml"));
}

interface Placement extends StackFile {
  on: string | null;
}

/** Starts a stack and tells each step; it stays up after the stream has ended. Aborting takes it down again. */
export async function* startStackOn(
  { file, from, on }: Placement,
  fleet: Fleet,
  signal: AbortSignal,
): AsyncGenerator<UpUpdate, void, void> {
  const opened = await openStack(file, process.env, { from });
  const stack = requireStack(opened);
  const { engine, release } = await engineOn(on, fleet);
  const progress = new BoundedQueue<string>(1_000);
  // A reader who leaves half way wants no half of a stack: then what was started is removed before the engine is let go.
  const left = new AbortController();
  const starting = startStack({
    engine,
    stack,
    owner: currentOwner(),
    signal: AbortSignal.any([signal, left.signal]),
    until: "healthy",
    onProgress: (text) => progress.push(text),
  });
  starting.then(
    () => progress.end(),
    (error: unknown) => progress.fail(error),
  );
  try {
    for await (const text of progress) yield { kind: "progress", text };
    const running = await starting;
    running.close();
    yield {
      kind: "up",
      project: stack.name,
      services: [...running.services].map(([name, { containerIds }]) => ({ name, containers: [...containerIds] })),
      findings: opened.findings,
    };
  } finally {
    left.abort();
    await Promise.allSettled([starting]);
    release();
  }
}

/** Removes what a file's stack has started, by its project name. */
export async function removeStackOn(
  { file, from, on, volumes }: Placement & { volumes: boolean },
  fleet: Fleet,
): Promise<{ project: string; containers: number; networks: number; volumes: number }> {
  const stack = requireStack(await openStack(file, process.env, { from }));
  const { engine, release } = await engineOn(on, fleet);
  try {
    return { project: stack.name, ...(await removeStack({ engine, project: stack.name, volumes })) };
  } finally {
    release();
  }
}

/** A device's engine belongs to its connection and stays open; the local one is ours to close. */
async function engineOn(on: string | null, fleet: Fleet): Promise<{ engine: Engine; release: () => void }> {
  if (on === null) {
    const engine = await openLocalEngine();
    return { engine, release: () => engine.close() };
  }
  const engine = await fleet.engineOf(fleet.find(on).id);
  return { engine, release: () => undefined };
}

/** What a person may choose in a folder: its folders and what may be a stack, hidden ones left out. Throws `bad-input`. */
export async function browse(folder: string | null): Promise<FolderListing> {
  const path = resolve(folder ?? homedir());
  const found = await readdir(path, { withFileTypes: true }).catch((error: unknown) => {
    throw new AppError("bad-input", `The folder ${path} cannot be read.`, {
      hint: "Choose a folder that exists and that this user may open.",
      cause: error,
    });
  });
  const entries = found
    .filter((entry) => !entry.name.startsWith("."))
    .filter((entry) => entry.isDirectory() || /\.(?:ya?ml|json|sh)$|^Dockerfile(?:\.template)?$/i.test(entry.name))
    .map((entry) => ({
      name: entry.name,
      path: join(path, entry.name),
      kind: entry.isDirectory() ? ("folder" as const) : ("file" as const),
    }))
    .sort((a, b) => Number(a.kind === "file") - Number(b.kind === "file") || a.name.localeCompare(b.name));
  const parent = dirname(path);
  return { folder: path, parent: parent === path ? null : parent, entries };
}
