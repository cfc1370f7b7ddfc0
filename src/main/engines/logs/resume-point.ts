/**
 * Where a container's log was read to. Timestamps have nanoseconds, but two messages may share one: so it is the last
 * timestamp and how many messages with it were taken.
 */
export class ResumePoint {
  #stamp = "";
  #taken = 0;
  #toSkip = 0;

  /** True for a message that was taken before, in a log that is read again from `since` on. */
  isRepeated(stamp: string): boolean {
    if (this.#toSkip > 0 && stamp === this.#stamp) {
      this.#toSkip -= 1;
      return true;
    }
    this.#toSkip = 0;
    this.#taken = stamp === this.#stamp ? this.#taken + 1 : 1;
    this.#stamp = stamp;
    return false;
  }

  /**
   * The point as the API's `since` takes it, `seconds.nanoseconds`; null when nothing was read yet. What comes from
   * there on begins with what was taken already, and `isRepeated` says so.
   */
  resume(): string | null {
    const match = /^([^.]+?)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/.exec(this.#stamp);
    if (match === null) return null;
    const seconds = Date.parse(`${match[1]}${match[3]}`) / 1000;
    if (!Number.isInteger(seconds)) return null;
    this.#toSkip = this.#taken;
    return `${seconds}.${(match[2] ?? "").padEnd(9, "0").slice(0, 9)}`;
  }
}
