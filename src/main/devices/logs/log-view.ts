import { randomUUID } from "node:crypto";
import {
  compileLogQuery,
  type LogHits,
  type LogPage,
  type LogQuery,
  type LogRow,
} from "../../../shared/domain/index.ts";
import {
  type Cut,
  cutAt,
  cutBefore,
  endsOf,
  firstRow,
  type LogFile,
  linesBetween,
  type PlacedLine,
  rowsBefore,
  rowsOf,
} from "../../store/index.ts";
import type { LinkLog } from "./link-log.ts";
import { decodeLine, decodeMark, isMark, outputKinds } from "./log-record.ts";
import type { LogSource } from "./log-source.ts";

/** So many rows are searched and brought in order at a time. */
const searchRows = 65_536;

/** The kept logs of some sources as one list of rows, by time. It holds nothing but where it was when it told last. */
export class LogView {
  readonly id: string = randomUUID();
  readonly #sources: readonly LogSource[];
  readonly #files: readonly LogFile[];
  #told: { firsts: Cut; ends: Cut } | null = null;

  constructor(sources: readonly LogSource[], link: LinkLog) {
    this.#sources = sources;
    // What happened to the link comes behind the lines of the same moment.
    this.#files = [...sources.map((source) => source.file), link.file];
  }

  /** How far the rows reach now, and which are as they were when this was asked last. */
  async reach(): Promise<{ first: number; end: number; unchangedTo: number }> {
    const before = this.#told;
    const firsts = this.#files.map((file) => file.first);
    const ends = endsOf(this.#files);
    this.#told = { firsts, ends };
    return {
      first: rowsBefore(firsts),
      end: rowsBefore(ends),
      unchangedTo: await this.#unchangedSince(before, firsts, ends),
    };
  }

  /** Rows from `from` on, at most `count`; from the first one that is still there when that has gone. */
  async page({ from, count }: { from: number; count: number }): Promise<LogPage> {
    const files = this.#files;
    const ends = endsOf(files);
    const start = Math.max(from, firstRow(files));
    const cut = await cutAt(files, ends, start);
    const behind = await cutAt(files, ends, start + count);
    const order = await linesBetween(files, cut, behind);
    const lines = await Promise.all(
      files.map((file, index) => file.read(cut[index] ?? 0, (behind[index] ?? 0) - (cut[index] ?? 0))),
    );
    const rows = order.flatMap(({ file, line }, index): LogRow[] => {
      const kept = lines[file]?.[line - (cut[file] ?? 0)];
      // Let go of between the two looks.
      return kept?.line === line ? [this.#row(start + index, file, kept)] : [];
    });
    return { first: firstRow(files), end: rowsBefore(ends), rows };
  }

  /** The rows that match, from `from` on to what is the end now. Throws `bad-input`. */
  async *search(wanted: { query: LogQuery; from: number }, signal: AbortSignal): AsyncGenerator<LogHits, void, void> {
    const { query } = wanted;
    compileLogQuery(query);
    const files = this.#files;
    const ends = endsOf(files);
    const end = rowsBefore(ends);
    let from = Math.max(wanted.from, firstRow(files));
    for (let cut = await cutAt(files, ends, from); from < end && !signal.aborted; ) {
      const to = Math.min(end, from + searchRows);
      const behind = await cutAt(files, ends, to);
      const places = await this.#matches(query, cut, behind, signal);
      const isAny = places.some((some) => some.length > 0);
      const rows = isAny ? await rowsOf(files, places, { from: cut, to: behind }, from) : [];
      if (!signal.aborted) yield { rows, searchedTo: to };
      cut = behind;
      from = to;
    }
  }

  async #matches(query: LogQuery, cut: Cut, behind: Cut, signal: AbortSignal): Promise<number[][]> {
    const places: number[][] = [];
    for (const [index, file] of this.#files.entries()) {
      const found: number[] = [];
      for await (const some of file.search({ query, kinds: outputKinds }, cut[index] ?? 0, behind[index] ?? 0)) {
        for (const place of some) found.push(place);
        if (signal.aborted) break;
      }
      places.push(found);
    }
    return places;
  }

  /** Everything before the earliest of what has come since is as it was, unless something was let go of. */
  async #unchangedSince(before: { firsts: Cut; ends: Cut } | null, firsts: Cut, ends: Cut): Promise<number> {
    if (before === null || firsts.some((first, index) => first !== before.firsts[index])) return 0;
    const news = await Promise.all(
      this.#files.map(async (file, index) => {
        const from = before.ends[index] ?? 0;
        const [orderMs] = (ends[index] ?? 0) > from ? await file.orderTimes(from, from + 1) : [];
        return orderMs ?? Number.POSITIVE_INFINITY;
      }),
    );
    const earliestMs = Math.min(...news);
    if (earliestMs === Number.POSITIVE_INFINITY) return rowsBefore(before.ends);
    return Math.min(rowsBefore(before.ends), rowsBefore(await cutBefore(this.#files, ends, earliestMs)));
  }

  #row(row: number, file: number, kept: PlacedLine): LogRow {
    if (isMark(kept)) return { kind: "mark", row, mark: decodeMark(kept) };
    return { kind: "line", row, line: decodeLine(kept, this.#sources[file]?.containerOf(kept.line) ?? "") };
  }
}
