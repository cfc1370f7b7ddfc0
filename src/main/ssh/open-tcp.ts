import type { Duplex } from "node:stream";
import type { Client } from "ssh2";
import { AppError, type SshTarget } from "../../shared/domain/index.ts";
import { ChannelStream } from "./channel-stream.ts";
import type { OpenTcpOptions } from "./ssh-connection.ts";
import { formatTarget, SshConnectError } from "./ssh-errors.ts";

const defaultTimeoutMs = 10_000;

/** Why a server did not open a channel (RFC 4254, 5.1). */
const prohibited = 1;
const connectFailed = 2;

/** Opens a `direct-tcpip` channel (RFC 4254, 7.2). One that comes too late is closed again. Rejects with ssh2's error. */
export function openTcpChannel(client: Client, host: string, port: number, options: OpenTcpOptions): Promise<Duplex> {
  const { signal, timeoutMs = defaultTimeoutMs } = options;
  const place = `${host}:${port}`;
  return new Promise((resolve, reject) => {
    let isOver = false;
    const finish = (settle: () => void): void => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      settle();
    };
    const late = new AppError("timed-out", `${place} has not answered for ${timeoutMs / 1000} s.`);
    const timer = setTimeout(() => finish(() => reject(late)), timeoutMs);
    const onAbort = (): void => finish(() => reject(new AppError("cancelled", "Connecting was cancelled.")));
    signal?.addEventListener("abort", onAbort, { once: true });
    if (signal?.aborted === true) return onAbort();
    // Where it comes from is for the server's log alone.
    client.forwardOut("127.0.0.1", 0, host, port, (error, channel) => {
      if (isOver) channel?.close();
      else finish(() => (error === undefined ? resolve(new ChannelStream(channel)) : reject(error)));
    });
  });
}

/** What a refused channel means for whoever wanted to go on from there. */
export function tcpRefusal(from: SshTarget, to: { host: string; port: number }, cause: unknown): AppError {
  const reason = cause instanceof Error && "reason" in cause ? cause.reason : null;
  const place = `${to.host}:${to.port}`;
  if (reason === prohibited) {
    return new AppError(
      "unsupported",
      `${formatTarget(from)} does not forward connections, so ${place} is out of reach.`,
      {
        hint: "Set AllowTcpForwarding yes in its /etc/ssh/sshd_config, and no PermitOpen that leaves this out.",
        cause,
      },
    );
  }
  if (reason !== connectFailed) {
    return new AppError("unreachable", `${formatTarget(from)} opens no connection to ${place}.`, { cause });
  }
  return new SshConnectError("unreachable", `Nothing answers at ${place}, as ${formatTarget(from)} sees it.`, {
    hint: "Is what should answer there switched on and within reach of that host, and does it listen on this port?",
    cause,
  });
}
