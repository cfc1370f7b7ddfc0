import type { Client, ClientChannel } from "ssh2";
import { AppError, engineAccess, engineStart } from "../../shared/domain/index.ts";
import type { SshConnection } from "./ssh-connection.ts";
import { formatTarget } from "./ssh-errors.ts";

/** Opens a channel to a Unix socket on the device (openssh.com's `direct-streamlocal`); rejects with ssh2's error. */
export function openStreamLocal(client: Client, path: string): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    client.openssh_forwardOutStreamLocal(path, (error, channel) =>
      error === undefined ? resolve(channel) : reject(error),
    );
  });
}

/**
 * sshd answers "open failed" to everything: a missing socket, one without a listener, one that this user may not open,
 * and forwarding that is switched off. So the device is asked. `/proc/net/unix` lists listening sockets with the flag
 * 00010000 (__SO_ACCEPTCON); their path may be another spelling of ours (/run and /var/run), hence `-ef`.
 */
const diagnosisScript = `
p=$1
d=\${p%/*}
if [ ! -e "$p" ]; then
  if [ -d "$d" ] && [ ! -x "$d" ]; then echo denied; else echo missing; fi
elif [ ! -S "$p" ]; then echo missing
elif [ ! -r "$p" ] || [ ! -w "$p" ]; then echo denied
elif [ ! -r /proc/net/unix ]; then echo unknown
else
  answer=silent
  while read -r num refs proto flags type state inode path; do
    if [ "$flags" = 00010000 ] && [ "\${path##*/}" = "\${p##*/}" ] && [ "$path" -ef "$p" ]; then answer=listening; fi
  done </proc/net/unix
  echo $answer
fi`;

/** Says in our own terms why a socket on the device could not be opened. */
export async function diagnoseSocket(connection: SshConnection, path: string, cause: unknown): Promise<AppError> {
  const place = `${path} on ${formatTarget(connection.target)}`;
  const { stdout } = await connection.exec(["sh", "-c", diagnosisScript, "sh", path]);
  switch (stdout.trim()) {
    case "missing":
      return new AppError("no-engine", `There is no container engine socket at ${place}.`, {
        hint: "Install and start a container engine on the device, for example: sudo apt install docker.io.",
        cause,
      });
    case "silent":
      return new AppError("no-engine", `The container engine behind ${place} does not run.`, {
        hint: `Start it on the device: ${engineStart(path)}.`,
        cause,
      });
    case "denied":
      return new AppError("engine-denied", `The user may not open ${place}.`, {
        hint: engineAccess(path, connection.target.user),
        cause,
      });
    default:
      return new AppError("unsupported", `The SSH server refuses to forward to ${place}.`, {
        hint: "Set AllowStreamLocalForwarding yes in the device's /etc/ssh/sshd_config and restart its SSH server.",
        cause,
      });
  }
}
