/** The local Docker engine: the one that runs already, otherwise one that we start, remember and may stop again. */
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { engineAnswers } from "./docker.ts";
import { cacheFolder, LOCAL_ENGINE_SOCKET, RUN_ROOT } from "./names.ts";
import { endProcess, identify, isAlive, type ProcessId } from "./processes.ts";
import { spawnDetached, waitFor } from "./run.ts";
import { processIdSchema } from "./state.ts";

export interface LocalEngine {
  socket: string;
  /** True only when this very call started it. */
  started: boolean;
}

const recordSchema = z.object({ process: processIdSchema });

function recordPath(): string {
  return join(RUN_ROOT, "local-engine.json");
}

async function recordedEngine(): Promise<ProcessId | undefined> {
  try {
    return recordSchema.parse(JSON.parse(await readFile(recordPath(), "utf8"))).process;
  } catch {
    return undefined;
  }
}

/** The engine process that the lab started, when it still runs. */
export async function ownLocalEngine(): Promise<ProcessId | undefined> {
  const recorded = await recordedEngine();
  return recorded !== undefined && isAlive(recorded) ? recorded : undefined;
}

export async function ensureLocalEngine(): Promise<LocalEngine> {
  if (existsSync(LOCAL_ENGINE_SOCKET) && (await engineAnswers(LOCAL_ENGINE_SOCKET))) {
    return { socket: LOCAL_ENGINE_SOCKET, started: false };
  }
  const dataRoot = cacheFolder("engine");
  await mkdir(dataRoot, { recursive: true });
  await mkdir(RUN_ROOT, { recursive: true });
  // On the host's network it keeps its usual docker0: an engine without a bridge would delete the one that is there.
  const argv = ["dockerd", "-H", `unix://${LOCAL_ENGINE_SOCKET}`, "--data-root", dataRoot];
  const id = identify(spawnDetached(argv, cacheFolder("engine.log")));
  await writeFile(recordPath(), JSON.stringify({ process: id }));
  await waitFor("the local engine", 60_000, async () => {
    if (await engineAnswers(LOCAL_ENGINE_SOCKET)) return true;
    if (!isAlive(id)) throw new Error(`The local engine ended at once; see ${cacheFolder("engine.log")}.`);
    return undefined;
  });
  return { socket: LOCAL_ENGINE_SOCKET, started: true };
}

/** Stops the local engine only when the lab started it; says whether it did. */
export async function stopLocalEngine(): Promise<boolean> {
  const recorded = await recordedEngine();
  const ours = recorded !== undefined && isAlive(recorded);
  if (ours) await endProcess(recorded, 20_000);
  await rm(recordPath(), { force: true });
  return ours;
}
