import {
  AppError,
  containsSubnet,
  formatSubnet,
  hostCount,
  isPrivateSubnet,
  MAX_PROBE_ADDRESSES,
  type ProbePlan,
  type ProbeRequest,
  type ProbeSubnet,
  parseIpv4,
  parseSubnet,
  type Subnet,
} from "../../../shared/domain/index.ts";

/** One IPv4 address of this machine: `eth0`, `192.168.4.10`, 24. */
export interface OwnAddress {
  interfaceName: string;
  address: string;
  prefix: number;
}

/** What is asked around this machine in a subnet that is too large to be asked as a whole. */
const NARROW_PREFIX = 24;

/**
 * What a request asks, each address once. Without named subnets these are the private networks that this machine is on;
 * of one that is larger than a /20, the /24 around this machine. Throws `bad-input` for what is no subnet and for more
 * than 4096 addresses, and `unsupported` when this machine is on no private network.
 */
export function planProbe(request: ProbeRequest, own: readonly OwnAddress[]): ProbePlan {
  const networks = own.map((one) => ({ ...one, whole: parseSubnet(`${one.address}/${one.prefix}`) }));
  const wanted =
    request.subnets === null
      ? networks.filter(({ whole }) => isPrivateSubnet(whole) && whole.prefix < 32).map(ownSubnet)
      : request.subnets.map((text) => namedSubnet(parseSubnet(text), networks));
  const subnets = withoutContained(wanted);
  const addresses = subnets.reduce((sum, subnet) => sum + subnet.addresses, 0);
  if (subnets.length === 0) {
    throw new AppError("unsupported", "This machine is on no private IPv4 network that could be searched.", {
      hint: "Connect it to the network of the devices, or name a subnet like 192.168.4.0/24.",
    });
  }
  if (addresses > MAX_PROBE_ADDRESSES) {
    throw new AppError(
      "bad-input",
      `That is ${addresses} addresses. A search asks at most ${MAX_PROBE_ADDRESSES}, which is a /20.`,
      { hint: "Name a smaller part of the network, for example the /24 in which the devices get their addresses." },
    );
  }
  return { subnets, ports: [...new Set(request.ports)] };
}

function ownSubnet({ whole, ...own }: OwnAddress & { whole: Subnet }): ProbeSubnet {
  const isTooLarge = hostCount(whole) > MAX_PROBE_ADDRESSES;
  const asked = isTooLarge ? parseSubnet(`${own.address}/${NARROW_PREFIX}`) : whole;
  return {
    cidr: formatSubnet(asked),
    interfaceName: own.interfaceName,
    addresses: hostCount(asked),
    partOf: isTooLarge ? formatSubnet(whole) : null,
  };
}

function namedSubnet(subnet: Subnet, networks: readonly (OwnAddress & { whole: Subnet })[]): ProbeSubnet {
  const inside = networks.find(({ whole }) => containsSubnet(whole, subnet) || containsSubnet(subnet, whole));
  return {
    cidr: formatSubnet(subnet),
    interfaceName: inside?.interfaceName ?? null,
    addresses: hostCount(subnet),
    partOf: null,
  };
}

/** Two interfaces may be in one network, and a person may name a part of what is asked anyway. */
function withoutContained(subnets: readonly ProbeSubnet[]): ProbeSubnet[] {
  const kept: ProbeSubnet[] = [];
  for (const subnet of [...subnets].sort((left, right) => right.addresses - left.addresses)) {
    const range = parseSubnet(subnet.cidr);
    if (!kept.some((other) => containsSubnet(parseSubnet(other.cidr), range))) kept.push(subnet);
  }
  return kept.sort((left, right) => (parseIpv4(hostOf(left)) ?? 0) - (parseIpv4(hostOf(right)) ?? 0));
}

function hostOf(subnet: ProbeSubnet): string {
  return subnet.cidr.split("/")[0] ?? "";
}
