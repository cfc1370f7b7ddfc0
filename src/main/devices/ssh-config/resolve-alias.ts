import { AppError } from "../../../shared/domain/index.ts";
import { askSshConfig, type JumpSpec } from "../../ssh/index.ts";

/** What ssh makes of an alias. */
export interface ResolvedAlias {
  alias: string;
  host: string;
  port: number;
  user: string;
  /** The jump hosts before it, as they are named there; null for none. */
  behind: string | null;
}

/** Places of source code: ssh knows them, and they are nobody's device. */
const CODE_HOSTS =
  /(^|\.)(github\.com|gitlab\.com|bitbucket\.org|codeberg\.org|sr\.ht|dev\.azure\.com|visualstudio\.com)$/i;

/**
 * Asks ssh, which connects to nobody, what an alias stands for. Null for a place of source code. Throws `unsupported`
 * when there is no ssh, `bad-input` for what ssh cannot read, `timed-out` when it does not answer.
 */
export async function resolveAlias(alias: string, home: string): Promise<ResolvedAlias | null> {
  const config = await askSshConfig(alias, home);
  if (config === null) throw new AppError("unsupported", "There is no ssh on this machine.");
  const { hostName: host, port, user, proxyJump } = config;
  if (/[\s\p{Cc}]/u.test(host) || !Number.isInteger(port) || port < 1 || port > 65535) {
    throw new AppError("bad-input", `ssh does not say where "${alias}" is.`, { hint: `Look at: ssh -G ${alias}` });
  }
  if (user === "git" || CODE_HOSTS.test(host)) return null;
  return { alias, host, port, user, behind: proxyJump.length === 0 ? null : proxyJump.map(jumpText).join(",") };
}

function jumpText({ user, host, port }: JumpSpec): string {
  const place = host.includes(":") ? `[${host}]` : host;
  return `${user === null ? "" : `${user}@`}${place}${port === null ? "" : `:${port}`}`;
}
