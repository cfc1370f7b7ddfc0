import type { ProbeCounts, ProbePlan } from "../domain/index.ts";
import { countText } from "./words.ts";

/** `192.168.4.0/24 (254 addresses), ports 22 and 22222`. */
export function probePlanText({ subnets, ports }: ProbePlan): string {
  const ranges = subnets.map(({ cidr, addresses }) => `${cidr} (${countText(addresses, "address", "addresses")})`);
  return `${ranges.join(", ")}, ${portsText(ports)}`;
}

export function portsText(ports: readonly number[]): string {
  const before = ports.slice(0, -1).join(", ");
  return `port${ports.length === 1 ? "" : "s"} ${before === "" ? "" : `${before} and `}${ports.at(-1) ?? ""}`;
}

/** About how long a search takes, in seconds: what is silent sets the time. Each address waits at most once a port. */
export function probeSeconds({ subnets, ports }: ProbePlan): number {
  const knocks = subnets.reduce((sum, { addresses }) => sum + addresses, 0) * ports.length;
  return Math.max(2, Math.round((knocks / 80) * 1.1));
}

/** The result of a search in words: what was found, and what the silence may mean. */
export function probeResultText(counts: ProbeCounts): string {
  const asked = `${countText(counts.asked, "address", "addresses")} asked`;
  const without = counts.refused + counts.otherService;
  const there = without === 0 ? "" : `, ${countText(without, "machine")} there without SSH on these ports`;
  if (counts.denied > 0) {
    return `${asked}, ${counts.denied} of them in vain: this machine was not allowed to send. Look at its firewall, on macOS at the permission for the local network.`;
  }
  if (counts.ssh > 0) return `${asked}: SSH answers at ${counts.ssh}${there}.`;
  if (without > 0) {
    return `${asked}: ${countText(without, "machine")} there, and none with SSH on these ports. Is SSH switched on, or on another port?`;
  }
  return `${asked}, and nobody answered. A guest Wi-Fi keeps its clients apart, and a firewall may drop the knocks: try a cable, or another network.`;
}
