import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import {
  AppError,
  type ImportedRuns,
  type ProfileResult,
  type RunId,
  type RunRecord,
  type TargetObservation,
  targetObservationSchema,
} from "../../../shared/domain/index.ts";
import { currentOwner, formatOwner, isOwnerAlive, parseOwner } from "../owner.ts";
import type { RunStore } from "../run-store.ts";
import { openRunWriter, type RunWriter } from "../run-writer.ts";
import { type ArchiveLine, resultWithoutFolders, withoutFolders } from "./archive-lines.ts";
import { readArchive } from "./read-archive.ts";

const stagingPrefix = ".import-";

interface OpenRun {
  id: RunId;
  writer: RunWriter;
  observation: Omit<TargetObservation, "windows"> | null;
  windows: TargetObservation["windows"][number][];
}

/**
 * Takes in the runs of a file: all of them, or none. They are written beside the others first and moved when the file was read to its end. A run that is here already is
 * recognised by its figures.
 * @throws AppError `conflict` for another run of the same id, and what reading the file throws.
 */
export async function importRuns(store: RunStore, file: string): Promise<ImportedRuns> {
  await removeDeadStaging(store.root);
  const staging = join(store.root, `${stagingPrefix}${formatOwner(currentOwner())}-${Date.now()}`);
  await mkdir(staging, { recursive: true, mode: 0o700 });
  try {
    const staged = await stage(file, staging);
    const already: RunId[] = [];
    for (const { record, result } of staged) if (await isHere(store, record, result)) already.push(record.id);
    const wanted = staged.map(({ record }) => record.id).filter((id) => !already.includes(id));
    for (const id of wanted) await rename(join(staging, id), join(store.root, id));
    return { imported: wanted, already };
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

async function stage(file: string, staging: string) {
  const staged: { record: RunRecord; result: ProfileResult }[] = [];
  let open: OpenRun | null = null;
  try {
    for await (const line of readArchive(file)) {
      if ("run" in line) {
        if (open !== null) await closeRun(open);
        const record = importedRecord(line.run.record, line.run.result);
        if (staged.some((other) => other.record.id === record.id)) {
          throw new AppError("bad-input", `${file} has the run ${record.id} twice.`);
        }
        const folder = join(staging, record.id);
        await mkdir(folder, { mode: 0o700 });
        open = { id: record.id, writer: await openRunWriter(folder, record), observation: null, windows: [] };
        const result = { ...resultWithoutFolders(line.run.result), runId: record.id };
        await open.writer.result(result);
        staged.push({ record, result });
      } else if (open !== null) {
        take(open, line);
      }
    }
    if (open !== null) await closeRun(open);
    open = null;
    return staged;
  } finally {
    await open?.writer.close();
  }
}

function take(open: OpenRun, line: ArchiveLine): void {
  if ("window" in line) open.windows.push(line.window);
  else if ("observation" in line) {
    endObservation(open);
    open.observation = line.observation;
  } else if ("sample" in line) open.writer.samples([line.sample]);
  else if ("event" in line) open.writer.events([line.event]);
  else if ("log" in line) open.writer.logs([line.log]);
}

function endObservation(open: OpenRun): void {
  if (open.observation === null) return;
  open.writer.observation(targetObservationSchema.parse({ ...open.observation, windows: open.windows }));
  open.observation = null;
  open.windows = [];
}

async function closeRun(open: OpenRun): Promise<void> {
  endObservation(open);
  await open.writer.close();
}

/** The record as it is kept here: over, from elsewhere, and without folders, which could be some of this machine. */
function importedRecord(record: RunRecord, result: ProfileResult): RunRecord {
  return {
    ...withoutFolders(record),
    status: "finished",
    phase: null,
    verdict: result.verdict,
    endedAtMs: record.endedAtMs ?? record.startedAtMs,
    origin: { hostName: result.host.hostName, importedAtMs: Date.now() },
  };
}

/** True when this very run is kept here. Throws `conflict` when another one has its id. */
async function isHere(store: RunStore, record: RunRecord, result: ProfileResult): Promise<boolean> {
  const here = (await store.summaries()).some(({ id }) => id === record.id) ? await store.outcome(record.id) : null;
  if (here === null) return false;
  const ours = here.result === null ? null : resultWithoutFolders(here.result);
  if (here.record.startedAtMs === record.startedAtMs && isDeepStrictEqual(ours, result)) return true;
  throw new AppError("conflict", `Another run with the id ${record.id} is kept here already.`, {
    hint: `Look at it: bayplan runs show ${record.id}. When it may go: bayplan runs remove ${record.id}.`,
  });
}

/** What an import left that was killed. */
async function removeDeadStaging(root: string): Promise<void> {
  await mkdir(root, { recursive: true, mode: 0o700 });
  for (const name of await readdir(root)) {
    if (!name.startsWith(stagingPrefix)) continue;
    const owner = parseOwner(name.slice(stagingPrefix.length).replace(/-\d+$/, ""));
    if (owner !== null && isOwnerAlive(owner)) continue;
    await rm(join(root, name), { recursive: true, force: true });
  }
}
