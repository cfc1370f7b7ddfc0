import { type LogDemux, logDemux } from "./log-demux.ts";
import { ResumePoint } from "./resume-point.ts";

/**
 * How far one container's log was read. It outlives the connection that it was read over: given to the next reading, it
 * makes that go on where the last one broke off, in the middle of a line if need be.
 */
export class LogPosition {
  readonly #point = new ResumePoint();
  #demux: LogDemux | null = null;

  /** For the engine that reads: a demultiplexer that goes on with what it has. */
  restart(containerId: string, tty: boolean): LogDemux {
    this.#demux ??= logDemux(containerId, tty, Date.now(), this.#point);
    this.#demux.restart();
    return this.#demux;
  }

  /** Where to read on, as the API's `since`; null: from the beginning. */
  resume(): string | null {
    return this.#point.resume();
  }

  /** True once when what was read last has gone from the log, and what came behind it perhaps with it. */
  takeGap(): boolean {
    return this.#point.takeGap();
  }
}
