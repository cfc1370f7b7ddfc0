import { connect, type Socket } from "node:net";
import { AppError, type SshTarget } from "../../shared/domain/index.ts";
import { tcpFault, timeoutFault } from "./ssh-errors.ts";

/**
 * A TCP connection without Nagle's delay: with it, a channel's first request waits 40 ms for an acknowledgement.
 * Throws an SshConnectError, or `cancelled`.
 */
export function dialTcp(target: SshTarget, timeoutMs: number, signal: AbortSignal | undefined): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: target.host, port: target.port, noDelay: true });
    const settle = (error: AppError | null): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      socket.off("error", onError);
      if (error === null) {
        resolve(socket);
      } else {
        socket.on("error", () => undefined);
        socket.destroy();
        reject(error);
      }
    };
    const onError = (error: unknown): void => settle(tcpFault(target, error));
    const onAbort = (): void => settle(new AppError("cancelled", "Connecting was cancelled."));
    const timer = setTimeout(
      () => settle(timeoutFault(target, `has not answered for ${timeoutMs / 1000} s`)),
      timeoutMs,
    );
    socket.once("connect", () => settle(null));
    socket.once("error", onError);
    signal?.addEventListener("abort", onAbort, { once: true });
    if (signal?.aborted === true) onAbort();
  });
}
