/** Plain OpenSSH client calls to a device, for the VM and for checks that must not go through the product. */
import { quote, type RunOptions, type RunResult, run, tryRun } from "./run.ts";

export interface SshTarget {
  address: string;
  sshPort: number;
  user: string;
  /** Null: the key logs in. */
  password: string | null;
  /** Through whom it is reached; null: directly. */
  jump: SshTarget | null;
}

/** Options of ssh and scp. */
export function sshOptions(target: SshTarget, keyPath: string): string[] {
  const given = ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR"];
  given.push("ConnectTimeout=10", "ServerAliveInterval=5", "ServerAliveCountMax=4", "IdentitiesOnly=yes");
  if (target.password === null) given.push("BatchMode=yes");
  else given.push("PubkeyAuthentication=no", "NumberOfPasswordPrompts=1");
  const { jump } = target;
  if (jump !== null) {
    const through = ["ssh", ...sshOptions(jump, keyPath), "-W", "%h:%p", ...whereArgs(jump)];
    given.push(`ProxyCommand=${through.map(quote).join(" ")}`);
  }
  return ["-F", "none", "-i", keyPath, ...given.flatMap((one) => ["-o", one])];
}

function whereArgs(target: SshTarget): string[] {
  return ["-p", String(target.sshPort), `${target.user}@${target.address}`];
}

function withPassword(target: SshTarget, argv: readonly string[]): { argv: string[]; env: Record<string, string> } {
  if (target.password === null) return { argv: [...argv], env: {} };
  return { argv: ["sshpass", "-e", ...argv], env: { SSHPASS: target.password } };
}

export function execOverSsh(
  target: SshTarget,
  keyPath: string,
  argv: readonly string[],
  runOptions: RunOptions = {},
): Promise<RunResult> {
  const line = argv.map(quote).join(" ");
  const { argv: whole, env } = withPassword(target, [
    "ssh",
    ...sshOptions(target, keyPath),
    ...whereArgs(target),
    line,
  ]);
  return tryRun(whole, { ...runOptions, env: { ...runOptions.env, ...env } });
}

export async function copyOverSsh(
  target: SshTarget,
  keyPath: string,
  path: string,
  destination: string,
): Promise<void> {
  const to = `${target.user}@${target.address}:${destination}`;
  const argv = ["scp", "-q", "-r", ...sshOptions(target, keyPath), "-P", String(target.sshPort), path, to];
  const whole = withPassword(target, argv);
  await run(whole.argv, { env: whole.env });
}
