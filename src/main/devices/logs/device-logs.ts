import { AppError, type Container } from "../../../shared/domain/index.ts";
import type { LogCache } from "../../store/index.ts";
import type { Entry } from "../fleet/entry.ts";
import { ContainerList } from "./container-list.ts";
import { LinkLog } from "./link-log.ts";
import { LogSource } from "./log-source.ts";
import { LogView } from "./log-view.ts";
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
  readonly #views = new Map<string, LogView>();
  #link: LinkLog | null = null;

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

  /**
   * Opens the logs of some containers as one list of rows, from `tail` lines before their ends on or with all that is
   * held already. `onNews` is called when there is more. `close` has to be called once.
   */
  openView(
    containers: readonly Container[],
    tail: number,
    onNews: () => void,
  ): { view: LogView; sources: readonly LogSource[]; close: () => void } {
    const joined = containers.map((container) => this.join(container, tail));
    const sources = joined.map(({ source }) => source);
    const link = this.#openLink();
    const view = new LogView(sources, link);
    this.#views.set(view.id, view);
    const stops = [...sources, link].map((one) => one.listen(onNews));
    return {
      view,
      sources,
      close: () => {
        this.#views.delete(view.id);
        for (const stop of stops) stop();
        for (const { leave } of joined) leave();
      },
    };
  }

  /** A view that is open. Throws `not-found`. */
  view(viewId: string): LogView {
    const view = this.#views.get(viewId);
    if (view !== undefined) return view;
    throw new AppError("not-found", "These logs are not watched any longer.", {
      hint: "Open them again: what containers print is kept for as long as somebody watches.",
    });
  }

  async close(): Promise<void> {
    const held = [...this.#held];
    this.#held.clear();
    for (const { timer } of held) if (timer !== null) clearTimeout(timer);
    this.#views.clear();
    await Promise.all([...held.map(({ source }) => source.close()), this.#closeLink()]);
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

  #openLink(): LinkLog {
    const latestMs = () => Math.max(0, ...[...this.#held].map(({ source }) => source.file.latestMs));
    const file = () => this.#cache.create(`${this.#entry.device.id} link`);
    this.#link ??= new LinkLog(this.#entry, file(), latestMs, this.#onBug);
    return this.#link;
  }

  async #closeLink(): Promise<void> {
    const link = this.#link;
    this.#link = null;
    await link?.close();
  }

  #closeLater(held: Held): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.#held.delete(held);
      held.source.close().catch(this.#onBug);
      if (this.#held.size === 0) this.#closeLink().catch(this.#onBug);
    }, KEEP_MS);
    timer.unref();
    return timer;
  }
}
