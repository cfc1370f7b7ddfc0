/** Plain OpenSSH client calls to a device, for the VM and for checks that must not go through the product. */
import { quote, type RunOptions, type RunResult, run, tryRun } from "./run.ts";

export interface SshTarget {
  address: string;
  sshPort: number;
  user: string;
}

function options(keyPath: string): string[] {
  const given = ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR", "BatchMode=yes"];
  given.push("ConnectTimeout=10", "ServerAliveInterval=5", "ServerAliveCountMax=4", "IdentitiesOnly=yes");
  return ["-F", "none", "-i", keyPath, ...given.flatMap((one) => ["-o", one])];
}

export function execOverSsh(
  target: SshTarget,
  keyPath: string,
  argv: readonly string[],
  runOptions: RunOptions = {},
): Promise<RunResult> {
  const line = argv.map(quote).join(" ");
  const where = ["-p", String(target.sshPort), `${target.user}@${target.address}`];
  return tryRun(["ssh", ...options(keyPath), ...where, line], runOptions);
}

export async function copyOverSsh(
  target: SshTarget,
  keyPath: string,
  path: string,
  destination: string,
): Promise<void> {
  const to = `${target.user}@${target.address}:${destination}`;
  await run(["scp", "-q", "-r", ...options(keyPath), "-P", String(target.sshPort), path, to]);
}
