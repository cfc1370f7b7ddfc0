import { statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import * as z from "zod";
import { AppError, type RunSummary, runIdSchema, runSummarySchema, summaryOf } from "../../shared/domain/index.ts";
import { readTextIfThere, writeAtomically } from "./document.ts";
import { ownerSchema } from "./owner.ts";
import { asItIs, readStoredRecord, recordFile } from "./run-record-file.ts";
import { codeOf } from "./store-error.ts";

const entrySchema = z.object({
  /** The record that it was made of. A record is replaced by a new file, so its inode tells, too. */
  inode: z.number(),
  mtimeMs: z.number(),
  size: z.number(),
  owner: ownerSchema,
  summary: runSummarySchema,
});
type Entry = z.infer<typeof entrySchema>;
type Entries = ReadonlyMap<string, Entry>;

const indexSchema = z.object({ version: z.literal(1), runs: z.array(entrySchema) });

/** So many are looked at before others have their turn: some milliseconds. */
const atOnce = 250;

/** What is in the folder of runs, without reading every record each time. */
export interface RunIndex {
  /** Newest first. A run whose process died while it ran is `interrupted`. */
  summaries(): Promise<RunSummary[]>;
}

/**
 * Opens the index of a folder of runs. It is a file beside them that only saves time: what it says of a run counts while the run's record is
 * the very file that it was made of; without it, or when it cannot be understood, it is made anew from the records.
 */
export function openRunIndex(root: string): RunIndex {
  const file = join(root, "index.json");
  let known: Entries | null = null;
  let last: Promise<unknown> = Promise.resolve();

  async function refresh(): Promise<RunSummary[]> {
    known ??= await readIndex(file);
    const before = known;
    const entries = await inBatches(await listRuns(root), (name) => entryOf(root, name, before.get(name)));
    const now = new Map(entries.flatMap((entry) => (entry === null ? [] : [[entry.summary.id, entry] as const])));
    known = now;
    const changed = now.size !== before.size || [...now].some(([id, entry]) => before.get(id) !== entry);
    if (changed) await writeIndex(file, [...now.values()]);
    return [...now.values()]
      .map(({ owner, summary }) => asItIs(owner, summary))
      .sort((a, b) => b.startedAtMs - a.startedAtMs);
  }

  return {
    summaries() {
      // One after the other: two would write the same draft.
      const next = last.then(refresh, refresh);
      last = next.catch(() => undefined);
      return next;
    },
  };
}

async function readIndex(file: string): Promise<Entries> {
  const text = await readTextIfThere(file);
  if (text === null) return new Map();
  try {
    const { runs } = indexSchema.parse(JSON.parse(text));
    return new Map(runs.map((entry) => [entry.summary.id, entry]));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return new Map();
    throw error;
  }
}

async function writeIndex(file: string, runs: readonly Entry[]): Promise<void> {
  try {
    await writeAtomically(file, `${JSON.stringify({ version: 1, runs })}\n`);
  } catch (error) {
    // A full disk costs the time that the index saves, and no list.
    if (!(error instanceof AppError)) throw error;
    process.stderr.write(`${error.message} The list of runs is slower without it.\n`);
  }
}

/** What is known of a run, or is found in its record; null when it has none. */
function entryOf(root: string, name: string, before: Entry | undefined): Entry | null | Promise<Entry | null> {
  const folder = join(root, name);
  // Asked for by a thread of Node's pool each takes ten times as long.
  const found = statSync(recordFile(folder), { throwIfNoEntry: false });
  if (found === undefined) return null;
  const { ino: inode, mtimeMs, size } = found;
  if (before?.inode === inode && before.mtimeMs === mtimeMs && before.size === size) return before;
  return readEntry(folder, name, { inode, mtimeMs, size });
}

async function readEntry(
  folder: string,
  name: string,
  file: Pick<Entry, "inode" | "mtimeMs" | "size">,
): Promise<Entry | null> {
  const stored = await readStoredRecord(folder);
  // A folder under another name than its run's would be a second run of that id.
  if (stored === null || stored.record.id !== name) return null;
  return { ...file, owner: stored.owner, summary: summaryOf(stored.record) };
}

async function listRuns(root: string): Promise<string[]> {
  try {
    const entries = await readdir(root, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() && runIdSchema.safeParse(entry.name).success)
      .map((entry) => entry.name);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return [];
    throw error;
  }
}

/** Asks for each, and lets others have their turn in between; the order stays. */
async function inBatches<T, R>(values: readonly T[], ask: (value: T) => R | Promise<R>): Promise<R[]> {
  const answers: R[] = [];
  for (let at = 0; at < values.length; at += atOnce) {
    answers.push(...(await Promise.all(values.slice(at, at + atOnce).map(ask))));
    await setImmediate();
  }
  return answers;
}
