import { AppError, type Container, type LogPage, type LogSearchResult } from "../../../shared/domain/index.ts";
import type { LogCache } from "../../store/index.ts";
import type { Entry } from "../fleet/entry.ts";
import { ContainerList } from "./container-list.ts";
import { decodeLine, decodeMark, isMark, outputKinds } from "./log-record.ts";
import { LogSource } from "./log-source.ts";
import { sourceName } from "./same-service.ts";

/** A source that nobody follows is kept this long, for a page that is loaded again. */
const KEEP_MS = 60_000;

interface Held {
  source: LogSource;
  followers: number;
  timer: NodeJS.Timeout | null;
}

/** The followed logs of one device, each read and kept once, however many follow it. */
export class DeviceLogs {
  readonly #entry: Entry;
  readonly #cache: LogCache;
  readonly #onBug: (error: unknown) => void;
  readonly #containers = new ContainerList();
  readonly #held = new Set<Held>();

  constructor(entry: Entry, cache: LogCache, onBug: (error: unknown) => void) {
    this.#entry = entry;
    this.#cache = cache;
    this.#onBug = onBug;
  }

  /** Follows a container from `tail` lines before its end on, or joins those who do. `leave` has to be called once. */
  join(container: Container, tail: number): { source: LogSource; from: number; leave: () => void } {
    const held = this.#find(container, tail) ?? this.#open(container, tail);
    held.followers += 1;
    if (held.timer !== null) clearTimeout(held.timer);
    held.timer = null;
    const { first, end } = held.source.file;
    let left = false;
    return {
      source: held.source,
      from: Math.max(first, end - tail),
      leave: () => {
        if (left) return;
        left = true;
        held.followers -= 1;
        if (held.followers === 0) held.timer = this.#closeLater(held);
      },
    };
  }

  /** Lines of a followed container by their place, from `from` on; null: the last ones. Throws `not-found`. */
  async page(containerId: string, from: number | null, count: number): Promise<LogPage> {
    const source = this.#sourceOf(containerId);
    const { file } = source;
    const placed = await file.read(from ?? Math.max(file.first, file.end - count), count);
    return {
      first: file.first,
      end: file.end,
      lines: placed.filter((one) => !isMark(one)).map((one) => decodeLine(one, source.containerOf(one.line))),
      marks: placed.filter(isMark).map((one) => ({ ...decodeMark(one), line: one.line })),
    };
  }

  /** Lines of a followed container with a text in them, oldest first. Throws `not-found`. */
  async search(
    containerId: string,
    wanted: { text: string; ignoreCase: boolean; from: number; limit: number },
    signal: AbortSignal,
  ): Promise<LogSearchResult> {
    const source = this.#sourceOf(containerId);
    const { lines, next } = await source.file.search({ ...wanted, kinds: outputKinds }, signal);
    return { lines: lines.map((one) => decodeLine(one, source.containerOf(one.line))), next };
  }

  async close(): Promise<void> {
    const held = [...this.#held];
    this.#held.clear();
    for (const { timer } of held) if (timer !== null) clearTimeout(timer);
    await Promise.all(held.map(({ source }) => source.close()));
  }

  /** One that holds as many of the last lines as are wanted, or has them all. */
  #find(container: Container, tail: number): Held | undefined {
    return [...this.#held].find(({ source }) => {
      if (!source.has(container.id)) return false;
      return source.tail >= tail || source.file.end - source.file.first >= tail;
    });
  }

  #open(container: Container, tail: number): Held {
    const others = (): ReadonlySet<string> => {
      const own = [...this.#held].map(({ source }) => source).filter((one) => !one.has(container.id));
      return new Set(own.map((one) => one.containerId));
    };
    const source = new LogSource(container, tail, {
      entry: this.#entry,
      containers: this.#containers,
      file: this.#cache.create(`${this.#entry.device.id} ${sourceName(container)}`),
      othersFollow: others,
      onBug: this.#onBug,
    });
    const held: Held = { source, followers: 0, timer: null };
    this.#held.add(held);
    return held;
  }

  #closeLater(held: Held): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.#held.delete(held);
      held.source.close().catch(this.#onBug);
    }, KEEP_MS);
    timer.unref();
    return timer;
  }

  #sourceOf(containerId: string): LogSource {
    const found = [...this.#held].find(({ source }) => source.has(containerId));
    if (found !== undefined) return found.source;
    throw new AppError("not-found", "The log of this container is not followed.", {
      hint: "Follow it first: what it prints is kept for as long as somebody follows it.",
    });
  }
}
