import type { Duplex } from "node:stream";

/**
 * Lets what is written to a stream within one turn go out together. ssh2 writes each packet in three pieces, and without
 * Nagle's delay each of them is a system call here and a packet of its own on the network: three times the work for a
 * small device, too.
 */
export function gatherWrites(stream: Duplex): void {
  const { write } = stream;
  let isGathering = false;
  Object.assign(stream, {
    write(...given: unknown[]): unknown {
      if (!isGathering) {
        isGathering = true;
        stream.cork();
        process.nextTick(() => {
          isGathering = false;
          stream.uncork();
        });
      }
      return Reflect.apply(write, stream, given);
    },
  });
}
