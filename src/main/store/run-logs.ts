import { createReadStream, existsSync } from "node:fs";
import { createInterface } from "node:readline";
import {
  AppError,
  type RunLogEntry,
  type RunLogLine,
  type RunLogPage,
  type RunLogQuery,
  runLogEntrySchema,
} from "../../shared/domain/index.ts";

/**
 * Reads a span of a run's logs from its file, which may be written meanwhile: a torn last line is left out. Of lines of another
 * time only the time is looked at, so that a span of a long log is found in a moment.
 * @throws AppError `internal` for a line that is damaged.
 */
export async function readRunLogs(path: string, query: RunLogQuery): Promise<RunLogPage> {
  const lines: RunLogLine[] = [];
  let notKept = 0;
  for (const entry of await entriesOf(path, query)) {
    if ("notKept" in entry) notKept += entry.notKept;
    else lines.push({ atMs: entry.atMs, service: entry.service, stream: entry.stream, text: entry.text });
  }
  lines.sort((a, b) => a.atMs - b.atMs);
  return { lines: lines.slice(0, query.limit), leftOut: Math.max(0, lines.length - query.limit), notKept };
}

async function entriesOf(path: string, query: RunLogQuery): Promise<RunLogEntry[]> {
  if (!existsSync(path)) return [];
  const entries: RunLogEntry[] = [];
  let torn: unknown = null;
  const texts = createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY });
  for await (const text of texts) {
    if (torn !== null) throw new AppError("internal", `${path} is damaged.`, { cause: torn });
    if (isOutside(text, query)) continue;
    try {
      const entry = runLogEntrySchema.parse(JSON.parse(text));
      if (isAskedFor(entry, query)) entries.push(entry);
    } catch (error) {
      torn = error;
    }
  }
  return entries;
}

/** True for what is of another time by its first letters, which are as `RunWriter` writes them; false also when they are not. */
function isOutside(text: string, { target, fromMs, toMs }: RunLogQuery): boolean {
  const [, of, atMs] = /^\{"target":(\d+),"atMs":([\d.]+),"service":/.exec(text) ?? [];
  if (of === undefined) return false;
  return Number(of) !== target || Number(atMs) < fromMs || Number(atMs) > toMs;
}

function isAskedFor(entry: RunLogEntry, { target, fromMs, toMs, services }: RunLogQuery): boolean {
  const untilMs = "notKept" in entry ? entry.untilMs : entry.atMs;
  if (entry.target !== target || entry.atMs > toMs || untilMs < fromMs) return false;
  return services === undefined || services.includes(entry.service);
}
