import { AppError, type LogLine, type RunLogEntry, type RunLogLine } from "../../../shared/domain/index.ts";
import { type Engine, LogPosition } from "../../engines/index.ts";
import { KeptLines } from "./kept-lines.ts";

/** How long the end of the logs is waited for once the containers have stopped. */
const endWaitMs = 3_000;
const settleMs = 500;

/** What a service has printed so far, kept or not. */
export interface Printed {
  bytes: number;
  lines: number;
}

export interface RunLogsRequest {
  target: number;
  engine: Engine;
  /** A wall-clock time of the engine on the run's clock. */
  fromWall: (wallMs: number) => number;
  now: () => number;
  hide: (text: string) => string;
  onEntries: (entries: RunLogEntry[]) => void;
  /** A service's log that cannot be read, in one sentence. */
  onUnreadable: (service: string, text: string) => void;
}

interface Followed {
  service: string;
  position: LogPosition;
  /** Set while it is read; started again meanwhile: read on afterwards. */
  reading: Promise<void> | null;
  again: boolean;
}

/** Follows the logs of a run's containers from their starts to their ends. Whoever makes one closes it. */
export class RunLogs {
  readonly #request: RunLogsRequest;
  readonly #kept: KeptLines;
  /** The lines that are kept, in about their order. */
  readonly lines: RunLogLine[] = [];
  readonly #followed = new Map<string, Followed>();
  readonly #printed = new Map<string, Printed>();
  readonly #closing = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #failure: { error: unknown } | null = null;

  constructor(request: RunLogsRequest) {
    this.#request = request;
    this.#kept = new KeptLines(request.target, request.hide, (entries) => {
      for (const entry of entries) if ("text" in entry) this.lines.push(entry);
      request.onEntries(entries);
    });
    // A line may come a little after its time: a second is decided on when the next one is half over.
    this.#timer = setInterval(() => this.#kept.settle(request.now() - settleMs), settleMs);
  }

  /** A container was started, perhaps again. */
  started(service: string, containerId: string): void {
    if (this.#closing.signal.aborted) return;
    const known = this.#followed.get(containerId);
    const followed = known ?? { service, position: new LogPosition(), reading: null, again: false };
    if (known === undefined) this.#followed.set(containerId, followed);
    if (followed.reading !== null) followed.again = true;
    else followed.reading = this.#follow(containerId, followed);
  }

  /** What a service printed, all its containers together; null when its log was not read. */
  printed(service: string): Printed | null {
    return this.#printed.get(service) ?? null;
  }

  /** Waits for the logs of containers that have stopped, not for long. */
  async finish(): Promise<void> {
    const readings = [...this.#followed.values()].flatMap(({ reading }) => reading ?? []);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, endWaitMs);
    });
    await Promise.race([Promise.all(readings), late]);
    clearTimeout(timer);
    await this.close();
    if (this.#failure !== null) throw this.#failure.error;
  }

  /** Ends all reading and gives what has waited. May be called again. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#closing.abort();
    await Promise.all([...this.#followed.values()].map(({ reading }) => reading));
    this.#kept.settle(Number.POSITIVE_INFINITY);
  }

  async #follow(containerId: string, followed: Followed): Promise<void> {
    const { engine, onUnreadable } = this.#request;
    const { service, position } = followed;
    const { signal } = this.#closing;
    try {
      if (engine.followLog === undefined) {
        throw new AppError("unsupported", "This engine's logs have no exact times.");
      }
      do {
        followed.again = false;
        const options = { tail: null, follow: true, position };
        for await (const { lines } of engine.followLog(containerId, options, signal)) this.#take(service, lines);
      } while (followed.again && !signal.aborted);
    } catch (error) {
      if (error instanceof AppError) onUnreadable(service, `The log of ${service} is not kept: ${error.message}`);
      else this.#failure ??= { error };
    } finally {
      followed.reading = null;
    }
  }

  #take(service: string, lines: readonly LogLine[]): void {
    const { fromWall } = this.#request;
    const printed = this.#printed.get(service) ?? { bytes: 0, lines: 0 };
    this.#printed.set(service, printed);
    const taken = lines.map(({ atMs, stream, text }): RunLogLine => {
      printed.bytes += Buffer.byteLength(text) + 1;
      printed.lines += 1;
      return { atMs: Math.round(fromWall(atMs) * 100) / 100, service, stream, text };
    });
    this.#kept.add(taken);
  }
}
