import { AppError } from "./app-error.ts";

/** A range of IPv4 addresses. Addresses are numbers from 0 to 2^32 - 1. */
export interface Subnet {
  /** The first address of the range. */
  base: number;
  /** How many leading bits all of its addresses share, 0 to 32. */
  prefix: number;
}

/** The address as a number; null when it is not written as four numbers with dots. */
export function parseIpv4(text: string): number | null {
  const parts = text.split(".");
  if (parts.length !== 4) return null;
  let value = 0;
  for (const part of parts) {
    // A leading zero means octal to some programs and nothing to others.
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return null;
    value = value * 256 + Number(part);
  }
  return value;
}

export function formatIpv4(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}

/**
 * Reads `192.168.4.0/24`, or one address. Bits behind the prefix are cleared, so that an interface's own
 * `192.168.4.10/24` is its network. Throws `bad-input`.
 */
export function parseSubnet(text: string): Subnet {
  const [host = "", prefixText = "32", ...rest] = text.trim().split("/");
  const address = parseIpv4(host);
  const prefix = /^\d{1,2}$/.test(prefixText) ? Number(prefixText) : 33;
  if (address === null || prefix > 32 || rest.length > 0) {
    throw new AppError("bad-input", `${JSON.stringify(text)} is not an IPv4 subnet.`, {
      hint: "Write it like 192.168.4.0/24, or one address like 192.168.4.20.",
    });
  }
  const size = 2 ** (32 - prefix);
  return { base: Math.floor(address / size) * size, prefix };
}

export function formatSubnet({ base, prefix }: Subnet): string {
  return `${formatIpv4(base)}/${prefix}`;
}

/** How many machines can be in it: without the network's and the broadcast address, which /31 and /32 do not have (RFC 3021). */
export function hostCount({ prefix }: Subnet): number {
  return prefix >= 31 ? 2 ** (32 - prefix) : 2 ** (32 - prefix) - 2;
}

/** Every address at which a machine can be, in order. */
export function* hostAddresses(subnet: Subnet): Generator<number, void, void> {
  const first = subnet.prefix >= 31 ? subnet.base : subnet.base + 1;
  for (let index = 0; index < hostCount(subnet); index += 1) yield first + index;
}

/** True when every address of `inner` is in `outer`. */
export function containsSubnet(outer: Subnet, inner: Subnet): boolean {
  const size = 2 ** (32 - outer.prefix);
  return inner.prefix >= outer.prefix && Math.floor(inner.base / size) * size === outer.base;
}

/** The ranges of private networks (RFC 1918) and of addresses that machines give themselves (RFC 3927). */
const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"].map(parseSubnet);

/** True for a network that is nobody else's: only such ones are searched without being named. */
export function isPrivateSubnet(subnet: Subnet): boolean {
  return PRIVATE.some((range) => containsSubnet(range, subnet));
}
