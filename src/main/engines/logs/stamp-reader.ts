/** `2026-11-22T11:10:44.667762158Z` up to the point: the part that lines of one second share. */
const secondLength = 19;

/**
 * Reads timestamps as engines write them (RFC 3339 with nanoseconds), in milliseconds since 1970; NaN for what is none.
 * Lines come many to a second, and taking a date apart is most of the work on a line: so the second is remembered.
 */
export class StampReader {
  #second = "";
  #secondMs = 0;

  read(stamp: string): number {
    const shared = stamp.length > secondLength + 4 && stamp[secondLength] === "." && stamp.endsWith("Z");
    if (!shared) return Date.parse(stamp);
    if (!stamp.startsWith(this.#second) || this.#second === "") {
      const secondMs = Date.parse(`${stamp.slice(0, secondLength)}Z`);
      if (Number.isNaN(secondMs)) return Number.NaN;
      this.#second = stamp.slice(0, secondLength);
      this.#secondMs = secondMs;
    }
    let fractionMs = 0;
    for (let at = secondLength + 1; at < secondLength + 4; at += 1) {
      const digit = stamp.charCodeAt(at) - 48;
      if (digit < 0 || digit > 9) return Date.parse(stamp);
      fractionMs = fractionMs * 10 + digit;
    }
    return this.#secondMs + fractionMs;
  }
}
