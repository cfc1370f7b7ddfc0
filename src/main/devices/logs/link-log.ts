import type { LogFile } from "../../store/index.ts";
import type { Entry } from "../fleet/entry.ts";
import { LinkMarks } from "./link-marks.ts";
import { encodeMark } from "./log-record.ts";

/**
 * What happened to the way to a device while its logs are kept, written down beside them, since it is of no one log.
 * Ends with `close`.
 */
export class LinkLog {
  readonly file: LogFile;
  readonly #marks: LinkMarks;
  readonly #latestMs: () => number;
  readonly #onBug: (error: unknown) => void;
  readonly #listeners = new Set<() => void>();
  readonly #stopListening: () => void;
  #writing: Promise<void> = Promise.resolve();

  /** `latestMs`: the time of the device's latest line, by its own clock; behind that a mark has its place. */
  constructor(entry: Entry, file: LogFile, latestMs: () => number, onBug: (error: unknown) => void) {
    this.file = file;
    this.#marks = new LinkMarks(entry);
    this.#latestMs = latestMs;
    this.#onBug = onBug;
    this.#stopListening = entry.listen((news) => {
      if (news === "status") this.#look();
    });
    this.#look();
  }

  /** Calls back when there is more to read. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#stopListening();
    await this.#writing;
    await this.file.remove();
  }

  #look(): void {
    const marks = this.#marks.take();
    if (marks.length === 0) return;
    const records = marks.map((mark) => encodeMark(mark, this.#latestMs() || mark.atMs));
    this.#writing = this.#writing.then(() => this.#write(records));
  }

  async #write(records: ReturnType<typeof encodeMark>[]): Promise<void> {
    try {
      await this.file.append(records);
    } catch (error) {
      // A full disk is said by the sources; without it this is a bug.
      if (!(error instanceof Error && "code" in error)) this.#onBug(error);
    }
    for (const listener of this.#listeners) listener();
  }
}
