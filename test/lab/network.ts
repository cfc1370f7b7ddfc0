/** The LAN: one bridge, one cable per device. */
import { readdirSync } from "node:fs";
import {
  BRIDGE,
  BRIDGE_ADDRESS,
  deviceMac,
  hostLink,
  INNER_BRIDGE,
  innerGateway,
  LINK_PREFIX,
  OWNER,
  PREFIX_LENGTH,
  tapLink,
} from "./names.ts";
import { run, tryRun } from "./run.ts";

/** Bridged frames pass the FORWARD chain when br_netfilter is on, and an engine sets that chain's policy to DROP. */
const FORWARD_RULE = ["-i", BRIDGE, "-o", BRIDGE, "-m", "comment", "--comment", OWNER, "-j", "ACCEPT"];

/** Many `ip` commands in one process. */
async function ipBatch(lines: readonly string[], insidePid?: number): Promise<void> {
  const where = insidePid === undefined ? [] : ["nsenter", "-t", String(insidePid), "-n"];
  await run([...where, "ip", "-batch", "-"], { input: `${lines.join("\n")}\n` });
}

export async function makeBridge(): Promise<void> {
  await ipBatch([
    `link add ${BRIDGE} type bridge mcast_snooping 0`,
    `addr add ${BRIDGE_ADDRESS}/${PREFIX_LENGTH} dev ${BRIDGE}`,
    `link set ${BRIDGE} up`,
  ]);
  await run(["iptables", "-w", "-I", "FORWARD", ...FORWARD_RULE]);
}

/**
 * One end of a cable on the bridge, the other in the network namespace of a device's process; the device gives it its
 * address itself. Namespaces are not named: they end with the device's last process and leave no mount behind.
 */
export async function plugIn(index: number, pid: number): Promise<void> {
  const link = hostLink(index);
  await ipBatch([
    `link add ${link} type veth peer name eth0 address ${deviceMac(index)} netns ${pid}`,
    `link set ${link} master ${BRIDGE}`,
    `link set ${link} up`,
  ]);
}

/** A device on the network inside another one: its cable ends there and goes with that one's namespace. */
export async function plugInBehind(index: number, pid: number, jump: { index: number; pid: number }): Promise<void> {
  const link = hostLink(index);
  const has = await tryRun(["nsenter", "-t", String(jump.pid), "-n", "ip", "link", "show", "dev", INNER_BRIDGE]);
  const bridge = [
    `link add ${INNER_BRIDGE} type bridge mcast_snooping 0`,
    `addr add ${innerGateway(jump.index)}/${PREFIX_LENGTH} dev ${INNER_BRIDGE}`,
    `link set ${INNER_BRIDGE} up`,
  ];
  const cable = [
    `link add ${link} type veth peer name eth0 address ${deviceMac(index)} netns ${pid}`,
    `link set ${link} master ${INNER_BRIDGE}`,
    `link set ${link} up`,
  ];
  await ipBatch([...(has.code === 0 ? [] : bridge), ...cable], jump.pid);
}

export async function makeTap(index: number): Promise<void> {
  const link = tapLink(index);
  await ipBatch([`tuntap add dev ${link} mode tap`, `link set ${link} master ${BRIDGE}`, `link set ${link} up`]);
}

export async function setLinkState(link: string, state: "up" | "down", insidePid?: number): Promise<void> {
  await ipBatch([`link set ${link} ${state}`], insidePid);
}

export function leftoverLinks(): string[] {
  return readdirSync("/sys/class/net").filter((name) => name.startsWith(LINK_PREFIX));
}

export async function leftoverRules(): Promise<string[]> {
  const listed = await tryRun(["iptables", "-w", "-S", "FORWARD"]);
  return listed.stdout.split("\n").filter((line) => line.includes(OWNER));
}

/** Takes the whole LAN away; what is not there is passed over. */
export async function removeNetwork(): Promise<void> {
  while ((await leftoverRules()).length > 0) await run(["iptables", "-w", "-D", "FORWARD", ...FORWARD_RULE]);
  for (const name of leftoverLinks()) await tryRun(["ip", "link", "del", name]);
}
