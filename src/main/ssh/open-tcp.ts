import type { Client, ClientChannel } from "ssh2";
import { AppError, type SshTarget } from "../../shared/domain/index.ts";
import { formatTarget } from "./ssh-errors.ts";

/** SSH_OPEN_ADMINISTRATIVELY_PROHIBITED (RFC 4254, 5.1): the server forwards nothing, whatever listens there. */
const prohibited = 1;

/** Opens a channel to a TCP port as the device reaches it (`direct-tcpip`, RFC 4254, 7.2); rejects with ssh2's error. */
export function openDirectTcp(client: Client, host: string, port: number): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    client.forwardOut("127.0.0.1", 0, host, port, (error, channel) =>
      error === undefined ? resolve(channel) : reject(error),
    );
  });
}

/** Says in our own terms why the server opened no channel to a port. */
export function tcpRefusal(target: SshTarget, host: string, port: number, cause: unknown): AppError {
  const place = `${host}:${port} on ${formatTarget(target)}`;
  if (cause instanceof Error && "reason" in cause && cause.reason === prohibited) {
    return new AppError("unsupported", `The SSH server refuses to forward to ${place}.`, {
      hint: "Set AllowTcpForwarding yes in the device's /etc/ssh/sshd_config and restart its SSH server.",
      cause,
    });
  }
  return new AppError("unreachable", `Nothing answers at ${place}.`, {
    hint: "Is the program behind it running, and does it listen on this port?",
    cause,
  });
}
