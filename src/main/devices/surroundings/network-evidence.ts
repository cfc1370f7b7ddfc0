import type { DiscoveryEvidence } from "../../../shared/domain/index.ts";

export interface OwnInterface {
  name: string;
  /** `192.168.4.10/24`; empty where it only has a link-local address. */
  addresses: readonly string[];
  /** False for bridges and cables of container engines. */
  isLan: boolean;
  isWireless: boolean;
}

export interface Surroundings {
  /** Interfaces that are up, without loopback. */
  interfaces: readonly OwnInterface[];
  /** Windows Subsystem for Linux. */
  isWsl: boolean;
  /** `a Docker container`, when this program runs in one. */
  container: string | null;
}

/** Which networks this machine is on, and what about it keeps devices from being heard. */
export function networkEvidence(
  { interfaces, isWsl, container }: Surroundings,
  heard: readonly DiscoveryEvidence[],
): DiscoveryEvidence[] {
  const lan = interfaces.filter((one) => one.isLan);
  const evidence = [lanEvidence(lan, interfaces)];
  const isAnswered = heard.some(({ source, state }) => source.startsWith("mdns") && state === "working");
  if (isAnswered) return evidence;
  if (isWsl) {
    evidence.push({
      source: "system",
      state: "nothing-heard",
      detail: "this is WSL: its network is behind Windows, and announcements of devices do not get through",
      hint: "Set networkingMode=mirrored in .wslconfig and restart WSL, start Bayplan in Windows itself, or add devices by address.",
    });
  } else if (container !== null) {
    evidence.push({
      source: "system",
      state: "nothing-heard",
      detail: `this looks like ${container}: it may hear the container's network and not the machine's`,
      hint: "Start the container with --network host, or start Bayplan outside of it.",
    });
  }
  const wireless = lan.filter((one) => one.isWireless);
  if (wireless.length > 0) {
    evidence.push({
      source: "wifi",
      state: "nothing-heard",
      detail: `nobody answers over ${namesOf(wireless)}: a guest Wi-Fi keeps its clients apart`,
      hint: "Use the network that the devices are on, or a cable; or ask who runs the Wi-Fi to switch client isolation off.",
    });
  }
  return evidence;
}

function lanEvidence(lan: readonly OwnInterface[], all: readonly OwnInterface[]): DiscoveryEvidence {
  if (lan.length > 0) {
    const detail = lan.map(({ name, addresses }) => `${name} ${addresses[0] ?? "without an address yet"}`).join(", ");
    const hasAddress = lan.some(({ addresses }) => addresses.length > 0);
    const hint = hasAddress ? null : "Nobody gives this machine an address (DHCP): look at the router or the cable.";
    return { source: "network", state: hasAddress ? "working" : "failed", detail, hint };
  }
  return {
    source: "network",
    state: "failed",
    detail:
      all.length === 0 ? "only the loopback interface is up" : `only networks of containers are up: ${namesOf(all)}`,
    hint: "Plug in a cable or join the Wi-Fi that the devices are on. Bayplan notices by itself.",
  };
}

function namesOf(interfaces: readonly OwnInterface[]): string {
  return interfaces.map(({ name }) => name).join(", ");
}
