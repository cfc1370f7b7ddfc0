import { existsSync, readFileSync } from "node:fs";
import { BlockList } from "node:net";
import { networkInterfaces } from "node:os";

/** One network that this machine is on, in one address family. */
export interface LanInterface {
  name: string;
  family: "IPv4" | "IPv6";
  /** This machine's own address there. */
  address: string;
  /** The length of the network's prefix in bits; null where the system does not say it. */
  prefix: number | null;
  /** Changes when the interface was taken away and made anew under its old name: what had joined the old one hears nothing then. */
  index: string;
  /** True when a sender's address belongs to this network (RFC 6762, 11: answers from elsewhere are not believed). */
  contains(senderAddress: string): boolean;
}

/** Bridges and cables of container engines on this machine: no device is on them. */
const CONTAINER_LINK = /^(docker\d+|veth[0-9a-f]{4,}|br-[0-9a-f]{12}|podman\d+|cni\d+)$/;

/** The networks to listen on now. Interfaces that are down are not in Node's list. */
export function lanInterfaces(): LanInterface[] {
  return Object.entries(networkInterfaces()).flatMap(([name, addresses]) => {
    if (CONTAINER_LINK.test(name) || isBridgePort(name)) return [];
    const index = interfaceIndex(name);
    const outside = (addresses ?? []).filter((entry) => !entry.internal);
    const v4 = outside.filter((entry) => entry.family === "IPv4");
    // Multicast DNS on IPv6 goes from the link-local address (RFC 6762, 11); one socket an interface is enough.
    const v6 = outside.filter((entry) => entry.family === "IPv6" && /^fe[89ab]/.test(entry.address)).slice(0, 1);
    return [
      ...v4.map((entry) => ({
        name,
        family: "IPv4" as const,
        address: entry.address,
        index,
        prefix: prefixOf(entry.cidr),
        contains: subnetTest(entry.cidr),
      })),
      ...v6.map((entry) => ({
        name,
        family: "IPv6" as const,
        address: entry.address,
        index,
        prefix: prefixOf(entry.cidr),
        contains: (sender: string) => scopeIs(sender, name, entry.scopeid),
      })),
    ];
  });
}

/** The IPv4 addresses of this machine on the networks where devices can be. */
export function lanAddresses(): { interfaceName: string; address: string; prefix: number }[] {
  return lanInterfaces().flatMap(({ name, family, address, prefix }) =>
    family === "IPv4" && prefix !== null ? [{ interfaceName: name, address, prefix }] : [],
  );
}

/** Every address of this machine: what announces itself from one of these is not a device. */
export function ownAddresses(): Set<string> {
  return new Set(
    Object.values(networkInterfaces())
      .flat()
      .flatMap((entry) => (entry === undefined ? [] : [entry.address])),
  );
}

/** Linux numbers each interface that is made; elsewhere the address has to do. */
function interfaceIndex(name: string): string {
  const file = `/sys/class/net/${name}/ifindex`;
  return process.platform === "linux" && existsSync(file) ? readFileSync(file, "utf8").trim() : "";
}

/** A port of a bridge hears what the bridge hears. */
function isBridgePort(name: string): boolean {
  return process.platform === "linux" && existsSync(`/sys/class/net/${name}/brport`);
}

function prefixOf(cidr: string | null): number | null {
  const prefix = cidr?.split("/")[1];
  return prefix === undefined ? null : Number(prefix);
}

function subnetTest(cidr: string | null): (sender: string) => boolean {
  const [network, prefix] = cidr?.split("/") ?? [];
  if (network === undefined || prefix === undefined) return () => true;
  const subnet = new BlockList();
  subnet.addSubnet(network, Number(prefix), "ipv4");
  return (sender) => subnet.check(sender, "ipv4");
}

/** Windows writes the scope as a number, the others as the interface's name. */
function scopeIs(sender: string, name: string, scopeId: number | undefined): boolean {
  const scope = sender.split("%")[1];
  return scope === name || scope === String(scopeId);
}
