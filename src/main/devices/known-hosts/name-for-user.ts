import type { SshEnd } from "../../ssh/index.ts";
import { knownHostsName } from "./known-hosts-line.ts";

/** How ssh looks a server up in the person's files, when that is not what the server is called; null when it is. */
export function nameForUser({ target, dial, knownHosts }: SshEnd): string | null {
  if (knownHosts?.alias != null) return knownHosts.alias.toLowerCase();
  const isSame = dial.host.toLowerCase() === target.host.toLowerCase() && dial.port === target.port;
  return isSame ? null : knownHostsName(dial.host, dial.port);
}
