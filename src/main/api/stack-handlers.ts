import { readdir } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { FolderListing, RemovedStack, RestartUpdate, UpUpdate } from "../../shared/contract/index.ts";
import {
  AppError,
  type Finding,
  type OpenedStack,
  type Stack,
  type StackSelection,
  whyNot,
} from "../../shared/domain/index.ts";
import type { Fleet } from "../devices/index.ts";
import { deviceEmulation, type Engine, openLocalEngine } from "../engines/index.ts";
import { modelOfDevice } from "../profiling/index.ts";
import {
  chooseDockerfiles,
  openStack,
  removeFromDevice,
  removePlainStack,
  removeStack,
  requireStack,
  restartPlainStack,
  restartStack,
  type ServiceLoss,
  startPlainStack,
  startStack,
  withFilesOnDevice,
} from "../stacks/index.ts";
import { currentOwner, resourcesFolder, type SettingsStore } from "../store/index.ts";
import { startHere, type UpHere } from "./start-here.ts";
import { type Watched, withProgress } from "./with-progress.ts";

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
  { on, acceptLosses, desktop, removeOrphans, platform, file, ...options }: Placement & UpWishes & { desktop: boolean },
  fleet: Fleet,
  signal: AbortSignal,
): AsyncGenerator<UpUpdate, void, void> {
  const opened = await openStack(file, process.env, options);
  const stack = requireStack(opened);
  const id = on === null ? null : fleet.find(on).id;
  // A reader who leaves half way wants no half of a stack: then what was started is removed.
  const up = yield* withProgress(signal, async (watched) => {
    if (id === null) return startHere(opened, { desktop, removeOrphans, platform, ...watched });
    const [engine, connection] = await Promise.all([fleet.engineOf(id), fleet.connectionOf(id)]);
    const wishes = { acceptLosses, removeOrphans, platform, ...watched };
    const stack = await builtFor(opened, { model: (await modelOfDevice(fleet.find(id)))?.id ?? null, engine });
    return startOnDevice({ engine, connection }, { ...opened, stack }, wishes);
  });
  yield { kind: "up", project: stack.name, ...up };
}

/** Restarts services of a stack that is up, and tells each step. */
export async function* restartStackOn(
  { on, services, file, ...options }: Placement & { services: readonly string[] },
  fleet: Fleet,
  signal: AbortSignal,
): AsyncGenerator<RestartUpdate, void, void> {
  const stack = requireStack(await openStack(file, process.env, options));
  const { engine, release } = await engineOn(on, fleet);
  try {
    const restarted = yield* withProgress(signal, async (watched) => {
      const request = { engine, stack, services, ...watched };
      return (await isPlain(engine)) ? restartPlainStack(request) : restartStack(request);
    });
    yield { kind: "restarted", project: stack.name, services: restarted };
  } finally {
    release();
  }
}

interface UpWishes {
  acceptLosses: boolean;
  removeOrphans: boolean;
  platform: string | null;
}

interface OfDevice {
  engine: Engine;
  connection: Awaited<ReturnType<Fleet["connectionOf"]>>;
}

/** What is missing on this machine says nothing about a device. */
const missingHere = "compose.missing-bind";

/** A balena stack with the Dockerfiles of the device's type; any other as it is. */
export async function builtFor(
  opened: OpenedStack,
  { model, engine }: { model: string | null; engine: Engine },
): Promise<Stack> {
  const stack = requireStack(opened);
  if (opened.format !== "balena") return stack;
  const { services } = await chooseDockerfiles(stack.services, { model, platform: (await engine.info()).platform });
  return { ...stack, services };
}

/** A device has what the stack asks for: nothing stands in for it, but the files of the stack's folder come with it. */
async function startOnDevice(
  { engine, connection }: OfDevice,
  opened: OpenedStack,
  wishes: UpWishes & Watched,
): Promise<UpHere> {
  const stack = requireStack(opened);
  const ofFile = opened.findings.filter(({ rule }) => rule !== missingHere);
  const asWritten = { substitutions: [], pacUrl: null };
  return withFilesOnDevice({ connection, stack, ...wishes }, async (placed) => {
    if (await isPlain(engine)) {
      const { services, losses } = await startPlainStack({ engine, ...wishes, stack: placed.stack });
      const lost = losses.map((loss) => lossFinding(stack, loss));
      return { services, findings: [...ofFile, ...placed.findings, ...lost], ...asWritten };
    }
    const { acceptLosses: _all, ...asked } = wishes;
    const running = await startStack({
      engine,
      stack: placed.stack,
      owner: currentOwner(),
      until: "healthy",
      contents: placed.contents,
      takeBack: placed.putBack,
      emulation: deviceEmulation(connection),
      ...asked,
    });
    running.close();
    const services = [...running.services].map(([name, { containerIds }]) => ({ name, containers: [...containerIds] }));
    return { services, findings: [...ofFile, ...placed.findings], ...asWritten };
  });
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

/** Removes what a file's stack has started, by its project name, and what of its files was copied to the device. */
export async function removeStackOn(
  { on, volumes, file, ...options }: Placement & { volumes: boolean },
  fleet: Fleet,
): Promise<RemovedStack> {
  const stack = requireStack(await openStack(file, process.env, options));
  const { engine, connection, release } = await engineOn(on, fleet);
  try {
    const removed = (await isPlain(engine))
      ? await removePlainStack(engine, stack)
      : await removeStack({ engine, project: stack.name, volumes, services: stack.services });
    const files = connection === null ? null : await removeFromDevice(connection, stack.name, { volumes });
    return { project: stack.name, ...removed, files };
  } finally {
    release();
  }
}

/** A device's engine belongs to its connection and stays open; the local one is ours to close, and has no connection. */
async function engineOn(
  on: string | null,
  fleet: Fleet,
): Promise<{ engine: Engine; connection: OfDevice["connection"] | null; release: () => void }> {
  if (on === null) {
    const engine = await openLocalEngine();
    return { engine, connection: null, release: () => engine.close() };
  }
  const { id } = fleet.find(on);
  const engine = await fleet.engineOf(id);
  return { engine, connection: await fleet.connectionOf(id), release: () => undefined };
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
