import { readdir } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { FolderListing, UpUpdate } from "../../shared/contract/index.ts";
import {
  AppError,
  type Finding,
  type OpenedStack,
  type Stack,
  type StackSelection,
  whyNot,
} from "../../shared/domain/index.ts";
import type { Fleet } from "../devices/index.ts";
import { type Engine, openLocalEngine, type Progress } from "../engines/index.ts";
import {
  openStack,
  removePlainStack,
  removeStack,
  requireStack,
  type ServiceLoss,
  startPlainStack,
  startStack,
} from "../stacks/index.ts";
import { currentOwner, resourcesFolder, type SettingsStore } from "../store/index.ts";
import { BoundedQueue } from "../streams/index.ts";
import { startHere, type UpHere } from "./start-here.ts";

const recentMax = 10;

/** Opens a stack and remembers what was asked for, a file or a folder, among the recent ones when it could be read. */
export async function openStackFile(
  { file, ...options }: StackSelection,
  settings: SettingsStore,
): Promise<OpenedStack> {
  const opened = await openStack(file, process.env, options);
  const { recentStacks } = await settings.get();
  const asked = resolve(file);
  if (opened.stack !== null && recentStacks[0] !== asked) {
    const others = recentStacks.filter((other) => other !== asked);
    await settings.set({ recentStacks: [asked, ...others].slice(0, recentMax) });
  }
  return opened;
}

/** The path of the sample stack. */
export function sampleFile(): string {
  return join(resourcesFolder(), "stacks", "gateway", "compose.yaml");
}

/** The sample stack that ships with Bayplan. */
export function openSample(): Promise<OpenedStack> {
  return openStack(sampleFile());
}

interface Placement extends StackSelection {
  on: string | null;
}

/** Starts a stack and tells each step; it stays up after the stream has ended. Aborting takes it down again. */
export async function* startStackOn(
  { on, acceptLosses, desktop, file, ...options }: Placement & { acceptLosses: boolean; desktop: boolean },
  fleet: Fleet,
  signal: AbortSignal,
): AsyncGenerator<UpUpdate, void, void> {
  const opened = await openStack(file, process.env, options);
  const stack = requireStack(opened);
  const progress = new BoundedQueue<string>(1_000);
  // A reader who leaves half way wants no half of a stack: then what was started is removed before the engine is let go.
  const left = new AbortController();
  const wishes = { onProgress: (text: string) => progress.push(text), signal: AbortSignal.any([signal, left.signal]) };
  const starting =
    on === null
      ? startHere(opened, { desktop, ...wishes })
      : startOnDevice(await fleet.engineOf(fleet.find(on).id), opened, { acceptLosses, ...wishes });
  starting.then(
    () => progress.end(),
    (error: unknown) => progress.fail(error),
  );
  try {
    for await (const text of progress) yield { kind: "progress", text };
    yield { kind: "up", project: stack.name, ...(await starting) };
  } finally {
    left.abort();
    await Promise.allSettled([starting]);
  }
}

interface StartWishes {
  acceptLosses: boolean;
  onProgress: Progress;
  signal: AbortSignal;
}

/** A device has what the stack asks for: nothing stands in for it. */
async function startOnDevice(engine: Engine, opened: OpenedStack, wishes: StartWishes): Promise<UpHere> {
  const stack = requireStack(opened);
  const asWritten = { substitutions: [], pacUrl: null };
  if (await isPlain(engine)) {
    const { services, losses } = await startPlainStack({ engine, stack, ...wishes });
    return {
      services,
      findings: [...opened.findings, ...losses.map((loss) => lossFinding(stack, loss))],
      ...asWritten,
    };
  }
  const { onProgress, signal } = wishes;
  const running = await startStack({ engine, stack, owner: currentOwner(), signal, until: "healthy", onProgress });
  running.close();
  const services = [...running.services].map(([name, { containerIds }]) => ({ name, containers: [...containerIds] }));
  return { services, findings: opened.findings, ...asWritten };
}

/** Without labels an engine cannot tell what belongs to a stack: it is run by the names alone. */
async function isPlain(engine: Engine): Promise<boolean> {
  return whyNot(await engine.info(), "labels") !== null;
}

function lossFinding(stack: Stack, { service, field, why }: ServiceLoss): Finding {
  return {
    rule: "engine.loss",
    severity: "warning",
    message: `${service} runs without ${field}: ${why}.`,
    hint: null,
    place: stack.services.find(({ name }) => name === service)?.place ?? null,
  };
}

/** Removes what a file's stack has started, by its project name. */
export async function removeStackOn(
  { on, volumes, file, ...options }: Placement & { volumes: boolean },
  fleet: Fleet,
): Promise<{ project: string; containers: number; networks: number; volumes: number }> {
  const stack = requireStack(await openStack(file, process.env, options));
  const { engine, release } = await engineOn(on, fleet);
  try {
    const removed = (await isPlain(engine))
      ? await removePlainStack(engine, stack)
      : await removeStack({ engine, project: stack.name, volumes });
    return { project: stack.name, ...removed };
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
