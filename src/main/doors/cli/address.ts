import { AppError } from "../../../shared/domain/index.ts";

/** An address as it was typed; what is null is for ssh_config to say, or the usual. */
export interface TypedAddress {
  user: string | null;
  host: string;
  port: number | null;
}

/**
 * Reads `user@host:port`, `host`, `user@host`, `[v6]:port`.
 * Throws `bad-input` when it is no address.
 */
export function parseAddress(text: string): TypedAddress {
  const match = /^(?:([^@\s:/]+)@)?(?:\[([0-9a-fA-F:.%\w]+)\]|([A-Za-z0-9._-]+))(?::(\d{1,5}))?$/.exec(text);
  const port = match?.[4] === undefined ? null : Number(match[4]);
  const host = match?.[2] ?? match?.[3];
  if (host === undefined || host.startsWith("-") || (port !== null && (port < 1 || port > 65535))) {
    throw new AppError("bad-input", `${JSON.stringify(text)} is not an address.`, {
      hint: "Write user@host or user@host:port, for example root@192.168.1.20:22222.",
    });
  }
  return { user: match?.[1] ?? null, host, port };
}

/** True for what can only be an address, not a device's name. */
export function looksLikeAddress(text: string): boolean {
  return text.includes("@") || /^\d+\.\d+\.\d+\.\d+(:\d+)?$/.test(text) || text.startsWith("[");
}
