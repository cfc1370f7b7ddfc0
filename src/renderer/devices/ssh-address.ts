/** What a person wrote; a port that they left out is for their ssh_config to say, or the usual one. */
export interface WrittenAddress {
  user: string;
  host: string;
  port: number | null;
}

export type ParsedAddress = { ok: true; target: WrittenAddress } | { ok: false; problem: string };

function portProblem(text: string): string | null {
  const port = Number(text);
  return /^\d{1,5}$/.test(text) && port >= 1 && port <= 65535
    ? null
    : `${text} is not a port. Write a number from 1 to 65535.`;
}

/** Takes the host and the port apart: `host`, `host:2222`, `[fe80::1]:22`, and an IPv6 address as it is. */
function splitHost(text: string): { host: string; port: string | null } {
  const bracketed = /^\[([^\]]+)\](?::(.*))?$/.exec(text);
  if (bracketed?.[1] !== undefined) return { host: bracketed[1], port: bracketed[2] ?? null };
  if ((text.match(/:/g)?.length ?? 0) > 1) return { host: text, port: null };
  const [host = "", port] = text.split(":");
  return { host, port: port ?? null };
}

/** Reads `user@host:port`, the way `ssh` users write it. The port may be left out; the user must be there. */
export function parseAddress(input: string): ParsedAddress {
  const text = input
    .trim()
    .replace(/^ssh:\/\//, "")
    .replace(/\/$/, "");
  if (text === "") return { ok: false, problem: "Write an address, for example pi@192.168.1.20." };
  if (/\s/.test(text)) return { ok: false, problem: "An address has no spaces in it." };
  const at = text.lastIndexOf("@");
  if (at === -1) return { ok: false, problem: `Say who logs in: user@${text}.` };
  const user = text.slice(0, at);
  if (user === "") return { ok: false, problem: "The user name before the @ is missing." };
  const { host, port } = splitHost(text.slice(at + 1));
  if (host === "") return { ok: false, problem: "The host after the @ is missing." };
  if (!/^[0-9A-Za-z._%:-]+$/.test(host)) return { ok: false, problem: `${host} is not a host name or an IP address.` };
  if (port === "") return { ok: false, problem: "The port after the colon is missing." };
  const wrong = port === null ? null : portProblem(port);
  if (wrong !== null) return { ok: false, problem: wrong };
  return { ok: true, target: { user, host, port: port === null ? null : Number(port) } };
}
