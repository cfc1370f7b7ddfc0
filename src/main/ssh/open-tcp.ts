import type { Client, ClientChannel } from "ssh2";
import { AppError, type SshTarget } from "../../shared/domain/index.ts";
import { formatTarget } from "./ssh-errors.ts";

/** Opens a channel to a TCP port as the device sees it (RFC 4254, `direct-tcpip`); rejects with ssh2's error. */
export function openDirectTcp(client: Client, host: string, port: number): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    client.forwardOut("127.0.0.1", 0, host, port, (error, channel) =>
      error === undefined ? resolve(channel) : reject(error),
    );
  });
}

/** Why a server opened no channel (RFC 4254, section 5.1). */
const forbidden = 1;

/** Says in our own terms why a port of the device could not be opened. `error`: a refusal of a channel, from ssh2. */
export function tcpRefusal(target: SshTarget, host: string, port: number, error: unknown): AppError {
  const reason = error instanceof Error && "reason" in error ? error.reason : null;
  if (reason === forbidden) {
    return new AppError("unsupported", `The SSH server of ${formatTarget(target)} refuses to forward to a port.`, {
      hint: "Set AllowTcpForwarding yes in the device's /etc/ssh/sshd_config and restart its SSH server.",
      cause: error,
    });
  }
  const said = error instanceof Error ? error.message.replace(/^\(SSH\) Channel open failure: /, "") : "";
  return new AppError("unreachable", `Nothing answers at ${host}:${port} on ${formatTarget(target)} (${said}).`, {
    hint: `Look at what listens there: ss -ltn on the device. Is the container running, and this the right port?`,
    cause: error,
  });
}
