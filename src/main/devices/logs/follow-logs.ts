import { AppError, type Container, type LogBatch, type LogLine, type LogMark } from "../../../shared/domain/index.ts";
import type { Entry } from "../fleet/entry.ts";
import { WakeUp } from "../session/wake-up.ts";
import type { DeviceLogs } from "./device-logs.ts";
import { decodeLine, decodeMark, isMark } from "./log-record.ts";
import { SourceReader } from "./source-reader.ts";

export interface FollowLogsRequest {
  containerIds: readonly string[];
  tail: number;
  /** A reader that is further behind than this many lines of a source passes over the older ones, which are counted. */
  lagLines: number | null;
}

/** A batch has this many lines at most, and waits this long for others. */
const BATCH_LINES = 256;
const BATCH_WAIT_MS = 50;

/**
 * The logs of some containers of a device and of those that take their places, merged by time as far as they are there.
 * Goes on over every break until the signal aborts or the device leaves the list. Throws `not-found`.
 */
export async function* followLogs(
  entry: Entry,
  logs: DeviceLogs,
  containers: readonly Container[],
  request: FollowLogsRequest,
  signal: AbortSignal,
): AsyncGenerator<LogBatch, void, void> {
  const until = AbortSignal.any([signal, entry.left]);
  const wake = new WakeUp();
  const joined = chosen(containers, request.containerIds).map((container) => logs.join(container, request.tail));
  const readers = joined.map(({ source, from }) => new SourceReader(source, from, request.lagLines));
  const stops = joined.map(({ source }) => source.listen(() => wake.call()));
  stops.push(entry.listen((news) => (news === "status" ? wake.call() : undefined)));
  const link = new LinkMarks(entry);
  try {
    while (!until.aborted) {
      wake.reset();
      const batch = await nextBatch(readers, link.take());
      if (batch !== null) yield batch;
      const isMore = readers.some((reader) => reader.waiting > 0);
      if (!isMore && (await wake.wait(null, until))) await new WakeUp().wait(BATCH_WAIT_MS, until);
    }
  } finally {
    for (const stop of stops) stop();
    for (const { leave } of joined) leave();
  }
}

function chosen(containers: readonly Container[], ids: readonly string[]): Container[] {
  return [...new Set(ids)].map((id) => containerOf(containers, id));
}

/** The container with this id. Throws `not-found`. */
export function containerOf(containers: readonly Container[], id: string): Container {
  const found = containers.find((one) => one.id === id);
  if (found !== undefined) return found;
  throw new AppError("not-found", `There is no container ${id.slice(0, 12)} on this device.`, {
    hint: "It may have been removed. Look at the list again.",
  });
}

/** What all readers have now, oldest first; a source's own order stays. Null when there is nothing. */
async function nextBatch(readers: readonly SourceReader[], marks: LogMark[]): Promise<LogBatch | null> {
  const lines: LogLine[] = [];
  let skipped = 0;
  for (const reader of readers) {
    await reader.fill(BATCH_LINES);
    skipped += reader.takeSkipped();
    if (reader.takeNotKept()) marks.push(notKeptMark(reader.source.containerId));
  }
  while (lines.length < BATCH_LINES) {
    const oldest = oldestOf(readers);
    const record = oldest?.next();
    if (oldest === null || record === undefined) break;
    if (!isMark(record)) {
      const { line, ...plain } = decodeLine(record, oldest.source.containerOf(record.line));
      lines.push(plain);
    } else if (lines.length === 0) {
      marks.push(decodeMark(record));
    } else {
      // A mark goes in front of the lines of its batch.
      oldest.putBack(record);
      break;
    }
    if (oldest.held === 0) await oldest.fill(BATCH_LINES);
  }
  const ended = readers.filter((reader) => reader.takeEnded()).map((reader) => reader.source.containerId);
  if (lines.length === 0 && marks.length === 0 && ended.length === 0 && skipped === 0) return null;
  return { lines, skipped, ended, ...(marks.length === 0 ? {} : { marks }) };
}

/** Said at once; how many they were stands in a mark of its own, where they are missing, when that can be written. */
function notKeptMark(containerId: string): LogMark {
  const text =
    "Lines are missing from here on: the disk of this machine takes no more. Free some space in Bayplan's data folder; " +
    "then it goes on, and how many they were is said.";
  return { atMs: Date.now(), kind: "gap", containerId, missing: null, text };
}

function oldestOf(readers: readonly SourceReader[]): SourceReader | null {
  let oldest: SourceReader | null = null;
  for (const reader of readers) {
    if (reader.headMs !== null && (oldest?.headMs == null || reader.headMs < oldest.headMs)) oldest = reader;
  }
  return oldest;
}

/** Says when the device's engine goes out of reach and when it is back. */
class LinkMarks {
  readonly #entry: Entry;
  /** On a clock that never jumps. */
  #lostAtMs: number | null = null;
  #wasLive = true;

  constructor(entry: Entry) {
    this.#entry = entry;
  }

  take(): LogMark[] {
    const isLive = this.#entry.session.live !== null;
    if (isLive === this.#wasLive) return [];
    this.#wasLive = isLive;
    const atMs = Date.now();
    const nowMs = performance.now();
    const lostAtMs = this.#lostAtMs ?? nowMs;
    this.#lostAtMs = isLive ? null : nowMs;
    if (!isLive) {
      const text = `Interrupted. ${this.#entry.trouble().message} It goes on by itself.`;
      return [{ atMs, kind: "interrupted", containerId: null, missing: 0, text }];
    }
    const seconds = Math.round((nowMs - lostAtMs) / 1000);
    const text = `Connected again after ${seconds} s. It goes on where it was.`;
    return [{ atMs, kind: "resumed", containerId: null, missing: 0, text }];
  }
}
