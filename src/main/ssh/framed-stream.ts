import type { ClientChannel } from "ssh2";
import { ChannelStream } from "./channel-stream.ts";
import { MarkerFilter } from "./exec-frame.ts";

/** A running command's standard input and output, without what the login shell printed before it. */
export class FramedStream extends ChannelStream {
  readonly #filter: MarkerFilter;

  constructor(channel: ClientChannel, marker: string) {
    super(channel);
    this.#filter = new MarkerFilter(marker);
  }

  /** The command's process id on the device; null while the command itself was not reached. */
  get pid(): number | null {
    return this.#filter.pid;
  }

  get noise(): string {
    return this.#filter.noise;
  }

  protected override accept(chunk: Buffer): Buffer | null {
    return this.#filter.take(chunk);
  }

  /** The command is to end before its channel may be closed: RemoteProcess sees to it. */
  protected override abandon(): void {
    this.channel.end();
  }
}
