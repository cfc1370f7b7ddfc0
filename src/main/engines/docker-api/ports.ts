import type { Container } from "../../../shared/domain/index.ts";
import type { ListedContainer } from "./answers.ts";

type Port = Container["ports"][number];

/** "Every address": of IPv4, of IPv6, and as an engine without IPv6 leaves it out. */
const everyIpv6 = "::";
const everyIpv4 = new Set(["0.0.0.0", ""]);

/**
 * The ports of a container, each once: an engine lists a published port for IPv4 and for IPv6. Sorted by number. Where the
 * engine picked the number itself, an old one (20.10 does so) may have picked another for IPv6: that one is a port of its own,
 * with `::` as its address.
 */
export function portsFrom(listed: NonNullable<ListedContainer["Ports"]>): Port[] {
  const overIpv4 = new Map<string, Set<number | undefined>>();
  for (const entry of listed) {
    if (!everyIpv4.has(entry.IP ?? "")) continue;
    const key = `${entry.PrivatePort}/${entry.Type}`;
    overIpv4.set(key, (overIpv4.get(key) ?? new Set()).add(entry.PublicPort));
  }
  const ports = new Map<string, Port>();
  for (const entry of listed) {
    if (entry.Type !== "tcp" && entry.Type !== "udp" && entry.Type !== "sctp") continue;
    const hostPort = entry.PublicPort ?? null;
    const address = entry.IP ?? "";
    const ofIpv4 = overIpv4.get(`${entry.PrivatePort}/${entry.Type}`);
    const isEvery =
      everyIpv4.has(address) || (address === everyIpv6 && (ofIpv4 === undefined || ofIpv4.has(entry.PublicPort)));
    const hostAddress = hostPort === null || isEvery ? null : address;
    const port: Port = { containerPort: entry.PrivatePort, hostPort, hostAddress, protocol: entry.Type };
    ports.set(`${port.containerPort}/${port.protocol} ${hostAddress ?? "*"}:${hostPort ?? "-"}`, port);
  }
  return [...ports.values()].sort(
    (a, b) =>
      a.containerPort - b.containerPort ||
      a.protocol.localeCompare(b.protocol) ||
      Number(a.hostAddress === everyIpv6) - Number(b.hostAddress === everyIpv6) ||
      (a.hostPort ?? 0) - (b.hostPort ?? 0) ||
      (a.hostAddress ?? "").localeCompare(b.hostAddress ?? ""),
  );
}
