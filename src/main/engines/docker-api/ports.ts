import type { Container } from "../../../shared/domain/index.ts";
import type { ListedContainer } from "./answers.ts";

type Port = Container["ports"][number];

/** "Every address", once for IPv4 and once for IPv6. */
const wildcards = new Set(["0.0.0.0", "::", ""]);

/** The ports of a container, each once: an engine lists a published port for IPv4 and for IPv6. Sorted by number. */
export function portsFrom(listed: NonNullable<ListedContainer["Ports"]>): Port[] {
  const ports = new Map<string, Port>();
  for (const entry of listed) {
    if (entry.Type !== "tcp" && entry.Type !== "udp" && entry.Type !== "sctp") continue;
    const hostPort = entry.PublicPort ?? null;
    const address = entry.IP ?? "";
    const hostAddress = hostPort === null || wildcards.has(address) ? null : address;
    const port: Port = { containerPort: entry.PrivatePort, hostPort, hostAddress, protocol: entry.Type };
    ports.set(`${port.containerPort}/${port.protocol} ${hostAddress ?? "*"}:${hostPort ?? "-"}`, port);
  }
  return [...ports.values()].sort(
    (a, b) =>
      a.containerPort - b.containerPort ||
      a.protocol.localeCompare(b.protocol) ||
      (a.hostPort ?? 0) - (b.hostPort ?? 0) ||
      (a.hostAddress ?? "").localeCompare(b.hostAddress ?? ""),
  );
}
