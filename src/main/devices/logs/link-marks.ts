import type { LogMark } from "../../../shared/domain/index.ts";
import type { Entry } from "../fleet/entry.ts";

/** Says when the device's engine goes out of reach and when it is back. */
export class LinkMarks {
  readonly #entry: Entry;
  /** On a clock that never jumps. */
  #lostAtMs: number | null = null;
  #wasLive = true;

  constructor(entry: Entry) {
    this.#entry = entry;
  }

  /** What has happened since this was asked last. */
  take(): LogMark[] {
    const isLive = this.#entry.session.live !== null;
    if (isLive === this.#wasLive) return [];
    this.#wasLive = isLive;
    const atMs = Date.now();
    const nowMs = performance.now();
    const lostAtMs = this.#lostAtMs ?? nowMs;
    this.#lostAtMs = isLive ? null : nowMs;
    if (!isLive) {
      const text = `Interrupted. ${this.#entry.trouble().message} It goes on by itself.`;
      return [{ atMs, kind: "interrupted", containerId: null, missing: 0, text }];
    }
    const seconds = Math.round((nowMs - lostAtMs) / 1000);
    const text = `Connected again after ${seconds} s. It goes on where it was.`;
    return [{ atMs, kind: "resumed", containerId: null, missing: 0, text }];
  }
}
