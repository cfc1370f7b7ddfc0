import { Duplex } from "node:stream";
import type { ClientChannel } from "ssh2";
import { MarkerFilter } from "./exec-frame.ts";

/**
 * A running command's standard input and output, without what the login shell printed before it. ssh2's channels
 * leave a write unanswered when the channel closes under it; this one ends it with an error.
 */
export class FramedStream extends Duplex {
  readonly #channel: ClientChannel;
  readonly #filter: MarkerFilter;
  #pendingWrite: ((error?: Error) => void) | null = null;
  #ended = false;

  constructor(channel: ClientChannel, marker: string) {
    super();
    this.#channel = channel;
    this.#filter = new MarkerFilter(marker);
    channel.on("data", (chunk: Buffer) => this.#receive(chunk));
    channel.on("end", () => this.#endOutput());
    channel.on("close", () => {
      this.#answerWrite(new Error("The channel is closed."));
      this.#endOutput();
    });
    channel.on("drain", () => this.#answerWrite());
  }

  /** The command's process id on the device; null while the command itself was not reached. */
  get pid(): number | null {
    return this.#filter.pid;
  }

  get noise(): string {
    return this.#filter.noise;
  }

  #receive(chunk: Buffer): void {
    try {
      const output = this.#filter.take(chunk);
      if (output !== null && !this.destroyed && !this.push(output)) this.#channel.pause();
    } catch (error) {
      this.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #endOutput(): void {
    if (this.#ended || this.destroyed) return;
    this.#ended = true;
    this.push(null);
  }

  #answerWrite(error?: Error): void {
    const answer = this.#pendingWrite;
    this.#pendingWrite = null;
    answer?.(error);
  }

  override _read(): void {
    this.#channel.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (!this.#channel.writable) done(new Error("The channel is closed."));
    else if (this.#channel.write(chunk)) done();
    else this.#pendingWrite = done;
  }

  override _final(done: () => void): void {
    this.#channel.end();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#answerWrite(error ?? new Error("The channel is closed."));
    // What still comes is read and thrown away: a command that waits for its reader does not end.
    this.#channel.resume();
    done(error);
  }
}
