import { type ClockReading, setBackMs } from "./engine-clock.ts";
import { type LogDemux, logDemux } from "./log-demux.ts";
import { ResumePoint } from "./resume-point.ts";

/**
 * How far one container's log was read. It outlives the connection that it was read over: given to the next reading, it
 * makes that go on where the last one broke off, in the middle of a line if need be.
 */
export class LogPosition {
  readonly #point = new ResumePoint();
  #demux: LogDemux | null = null;
  /** The engine's clock at this reading, and at the last that gave a line. */
  #readClock: ClockReading | null = null;
  #takenClock: ClockReading | null = null;

  /** For the engine that reads: a demultiplexer that goes on with what it has. `clock`: the engine's, where it is known. */
  restart(containerId: string, tty: boolean, clock: ClockReading | null = null): LogDemux {
    this.#readClock = clock;
    this.#demux ??= logDemux(containerId, tty, Date.now(), this.#point);
    this.#demux.restart();
    return this.#demux;
  }

  /** Lines were taken in this reading. */
  took(): void {
    this.#takenClock = this.#readClock ?? this.#takenClock;
  }

  /** Where to read on, as the API's `since`; null: from the beginning. */
  resume(): string | null {
    return this.#point.resume(setBackMs(this.#takenClock, this.#readClock));
  }

  /**
   * True when the engine's clock was set back since this reading began. What is printed from then on is older than what
   * was asked for, and the engine keeps it back: it has to be asked anew.
   */
  isOutdated(clock: ClockReading | null): boolean {
    return setBackMs(this.#readClock, clock) > 0;
  }

  /** True once when what was read last has gone from the log, and what came behind it perhaps with it. */
  takeGap(): boolean {
    return this.#point.takeGap();
  }
}
