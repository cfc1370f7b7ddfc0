import type { Client, ClientChannel } from "ssh2";
import { MarkerFilter } from "./exec-frame.ts";
import { exitCodeFrom } from "./exit-code.ts";
import { FramedStream } from "./framed-stream.ts";
import type { ProcessEnder } from "./process-ender.ts";
import type { SshProcess } from "./ssh-connection.ts";

/** How much of an error stream is kept: its end, where the reason stands. */
const stderrMaxBytes = 256 * 1024;

/** Counted from `close`: when a command that did not end with its input is asked to, and when it is made to. */
const termAfterMs = 50;
const killAfterMs = 1_500;

/** A command on its exec channel. */
export class RemoteProcess implements SshProcess {
  readonly stream: FramedStream;
  readonly exited: Promise<number>;
  /** Like `exited`, but null when the channel closed without an exit status. */
  readonly ended: Promise<number | null>;
  readonly #channel: ClientChannel;
  readonly #ender: ProcessEnder;
  readonly #stderrFilter: MarkerFilter;
  #stderr: Buffer[] = [];
  #stderrBytes = 0;
  #closing = false;

  constructor(channel: ClientChannel, marker: string, ender: ProcessEnder) {
    this.#channel = channel;
    this.#ender = ender;
    this.stream = new FramedStream(channel, marker);
    this.#stderrFilter = new MarkerFilter(marker);
    channel.stderr.on("data", (chunk: Buffer) => this.#receiveError(chunk));
    let code: number | null = null;
    let signalName: string | undefined;
    channel.on("exit", (exitCode: number | null, exitSignal?: string) => {
      code = exitCode;
      signalName = exitSignal;
    });
    this.ended = new Promise((resolve) =>
      channel.on("close", () => {
        this.#closing = true;
        if (this.stream.pid !== null) ender.forget(this.stream.pid);
        resolve(exitCodeFrom(code, signalName));
      }),
    );
    this.exited = this.ended.then((ended) => ended ?? 255);
  }

  stderr(): string {
    return Buffer.concat(this.#stderr).subarray(-stderrMaxBytes).toString("utf8");
  }

  /** What was printed when the command itself was never reached. */
  get noise(): string {
    return [this.stream.noise, this.#stderrFilter.noise].filter((text) => text !== "").join(" ");
  }

  /**
   * Ends its input, which is enough for a command that reads; then asks it to end, then makes it. Its channel is not
   * just closed: sshd would wait for the command to end by itself before it gives the session back.
   */
  close(): void {
    if (this.#closing) return;
    this.#closing = true;
    this.stream.destroy();
    const timers = [
      setTimeout(() => this.#signal("TERM"), termAfterMs),
      setTimeout(() => {
        this.#signal("KILL");
        this.#channel.close();
      }, killAfterMs),
    ];
    for (const timer of timers) timer.unref();
    this.#channel.once("close", () => {
      for (const timer of timers) clearTimeout(timer);
    });
  }

  #signal(name: "TERM" | "KILL"): void {
    const { pid } = this.stream;
    if (pid !== null) this.#ender.send(name, pid);
  }

  #receiveError(chunk: Buffer): void {
    let output: Buffer | null;
    try {
      output = this.#stderrFilter.take(chunk);
    } catch {
      // Noise without end on the error stream says nothing about the command: drop it, standard output decides.
      return;
    }
    if (output === null) return;
    this.#stderr.push(output);
    this.#stderrBytes += output.length;
    if (this.#stderrBytes < 2 * stderrMaxBytes) return;
    // Its end only, and cut now and then: with each piece of an endless one it would keep this process busy.
    const end = Buffer.concat(this.#stderr).subarray(-stderrMaxBytes);
    this.#stderr = [end];
    this.#stderrBytes = end.length;
  }
}

/**
 * Opens an exec channel for a line; rejects with ssh2's own error. `take` is called at once: when this process was busy,
 * a short command's output, its exit and the end of its channel have come in together, and are told in the same turn.
 */
export function openExecChannel<T>(client: Client, line: string, take: (channel: ClientChannel) => T): Promise<T> {
  return new Promise((resolve, reject) => {
    client.exec(line, (error, channel) => (error === undefined ? resolve(take(channel)) : reject(error)));
  });
}

/** True when the server refused to open another channel (MaxSessions) and the connection is well. */
export function isChannelRefusal(error: unknown): boolean {
  return error instanceof Error && "reason" in error && typeof error.reason === "number";
}
