import type { Duplex } from "node:stream";

const checkIntervalMs = 500;

/** Seven checks without a byte: 3 to 3.5 s. */
const silentChecksMax = 7;

/**
 * Calls back once when no byte has come in for 3.5 s, although the other side was asked something every second.
 * Bytes count, not answers: behind a full pipe an answer may be late on a link that is well. And checks count, not the
 * clock: after this process was stopped or busy for a while, the bytes that wait in the kernel are read first.
 * Gives a function that ends the watch.
 */
export function watchSilence(socket: Duplex, onSilence: () => void): () => void {
  let silentChecks = 0;
  const onData = (): void => {
    silentChecks = 0;
  };
  const timer = setInterval(() => {
    silentChecks += 1;
    if (silentChecks < silentChecksMax) return;
    stop();
    onSilence();
  }, checkIntervalMs);
  const stop = (): void => {
    clearInterval(timer);
    socket.off("data", onData);
  };
  socket.on("data", onData);
  return stop;
}
