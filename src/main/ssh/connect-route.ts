import { AppError } from "../../shared/domain/index.ts";
import { type ConnectSshOptions, connectSsh } from "./connect-ssh.ts";
import type { SshConnection } from "./ssh-connection.ts";
import { jumpFault, RouteError } from "./ssh-route.ts";

/**
 * Connects over jump hosts, each through the one before. The connections to them live and die with the last one. Throws
 * as `connectSsh` does for the end, and a RouteError that names the hop for a jump host.
 */
export async function connectRoute(
  jumps: readonly Omit<ConnectSshOptions, "through">[],
  end: Omit<ConnectSshOptions, "through">,
): Promise<SshConnection> {
  let through: SshConnection | null = null;
  for (const [index, jump] of jumps.entries()) {
    try {
      through = await connectSsh({ ...jump, through });
    } catch (error) {
      throw hopError(jump, `${index + 1} of ${jumps.length}`, error);
    }
  }
  return connectSsh({ ...end, through });
}

function hopError(jump: Omit<ConnectSshOptions, "through">, which: string, error: unknown): unknown {
  if (!(error instanceof AppError) || error.code === "cancelled" || error.code === "internal") return error;
  if (error instanceof RouteError) return error;
  return jumpFault(jump.target, error, which);
}
