/** The clock of one target's run: ms since its start. It never goes back, whatever happens to the wall clock. */
export class RunClock {
  readonly #startMs = performance.now();
  readonly #startWallMs = Date.now();

  now = (): number => performance.now() - this.#startMs;

  /** A wall-clock time of this machine's engine on the run's clock; never before its start or after now. */
  fromWall = (wallMs: number): number => Math.min(this.now(), Math.max(0, wallMs - this.#startWallMs));
}
