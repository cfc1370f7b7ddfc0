import { Duplex } from "node:stream";
import type { ClientChannel } from "ssh2";

/** A server may send 2 MiB ahead of who reads (ssh2's window), and a packet more. */
const heldMaxBytes = 4 * 1024 * 1024;

/**
 * An SSH channel that behaves as a stream should. ssh2's own leaves a write without an answer when the channel closes
 * under it, and says of itself that it is neither destroyed nor closed until the other side has agreed.
 */
export class ChannelStream extends Duplex {
  protected readonly channel: ClientChannel;
  #pendingWrite: ((error?: Error) => void) | null = null;
  #ended = false;

  constructor(channel: ClientChannel) {
    super();
    this.channel = channel;
    channel.on("data", (chunk: Buffer) => this.#receive(chunk));
    // A socket has no error stream; what a server puts there all the same is not to pile up.
    channel.stderr.resume();
    this.#watchWindow();
    channel.on("end", () => this.#endOutput());
    channel.on("drain", () => this.#answerWrite());
    channel.on("close", () => {
      this.#answerWrite(closedError());
      this.once("end", () => this.destroy());
      this.#endOutput();
      // Lets a stream that nobody reads, as an idle one in a pool, come to its end.
      if (!this.destroyed) this.read(0);
    });
  }

  /** What of the bytes that came in is to be read; null for none. */
  protected accept(chunk: Buffer): Buffer | null {
    return chunk;
  }

  /** Called once, when nobody wants the stream any longer. */
  protected abandon(): void {
    this.channel.close();
  }

  override _read(): void {
    this.channel.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (!this.channel.writable) done(closedError());
    else if (this.channel.write(chunk)) done();
    else this.#pendingWrite = done;
  }

  /** What was gathered goes in one packet. */
  override _writev(pieces: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this._write(Buffer.concat(pieces.map(({ chunk }) => chunk)), "utf8", done);
  }

  override _final(done: () => void): void {
    this.channel.end();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#answerWrite(error ?? closedError());
    this.abandon();
    // What still comes is read and thrown away: ssh2 closes a channel only once it was read to its end.
    this.channel.resume();
    done(error);
  }

  /** ssh2 takes whatever comes, also from a server that does not keep to the window: while nobody reads, without end. */
  #watchWindow(): void {
    const { channel } = this;
    const push = channel.push.bind(channel);
    channel.push = (chunk: unknown, encoding?: BufferEncoding): boolean => {
      if (channel.readableLength <= heldMaxBytes) return push(chunk, encoding);
      this.destroy(new Error("The server sends more than it was told that it may."));
      return false;
    };
  }

  #receive(chunk: Buffer): void {
    try {
      const output = this.accept(chunk);
      if (output !== null && !this.destroyed && !this.push(output)) this.channel.pause();
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
}

function closedError(): Error {
  return Object.assign(new Error("The channel is closed."), { code: "EPIPE" });
}
