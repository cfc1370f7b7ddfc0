import type { Sighting } from "../../../shared/domain/index.ts";
import type { DnsQuestion } from "./dns-message.ts";
import { instanceLabel, nameKey } from "./dns-name.ts";
import type { RecordCache } from "./record-cache.ts";

const SSH = "_ssh._tcp.local";
const SFTP = "_sftp-ssh._tcp.local";
const BALENA = "_resin-device._sub._ssh._tcp.local";
const WORKSTATION = "_workstation._tcp.local";
const DEFAULT_SSH_PORT = 22;

/** What is browsed for. A workstation record says that a machine is there, not that it has SSH: its port is a guess. */
export const BROWSED = [SSH, BALENA, WORKSTATION, SFTP] as const;

interface Service {
  instance: string;
  host: string;
  port: number;
  /** Lower is better evidence of where SSH answers. */
  rank: number;
}

export interface ResolvedServices {
  sightings: Sighting[];
  /** Records that are still needed and did not come along with the answer (RFC 6763, 12 only recommends that they do). */
  missing: DnsQuestion[];
}

/** What the records of one interface say about machines with SSH. */
export function resolveSshServices(cache: RecordCache, interfaceName: string, nowMs: number): ResolvedServices {
  const missing: DnsQuestion[] = [];
  const services = [
    ...servicesOf(cache, SSH, 0, missing),
    ...servicesOf(cache, BALENA, 0, missing),
    ...servicesOf(cache, SFTP, 1, missing),
    ...servicesOf(cache, WORKSTATION, 2, missing),
  ];
  const balena = new Set(cache.find("PTR", BALENA).map((record) => nameKey(record.target)));
  const sightings = bestServices(services).flatMap((service) => {
    const addresses = addressesOf(cache, service.host, interfaceName);
    if (addresses.length === 0) {
      missing.push({ name: service.host, type: "A" }, { name: service.host, type: "AAAA" });
      return [];
    }
    return [
      {
        key: `mdns:${service.instance}%${interfaceName}`,
        source: "mdns" as const,
        name: displayName(service),
        hostName: instanceLabel(service.host),
        addresses,
        port: service.port,
        interfaceName,
        balena: balena.has(nameKey(service.instance)),
        seenAtMs: nowMs,
      },
    ];
  });
  return { sightings, missing };
}

function servicesOf(cache: RecordCache, type: string, rank: number, missing: DnsQuestion[]): Service[] {
  return cache.find("PTR", type).flatMap((pointer) => {
    const found = cache.find("SRV", pointer.target);
    if (found.length === 0) missing.push({ name: pointer.target, type: "SRV" });
    return found.map((service) => ({
      instance: pointer.target,
      host: service.target,
      port: rank === 2 ? DEFAULT_SSH_PORT : service.port,
      rank,
    }));
  });
}

/** One per host and port; a host that names its SSH port is not guessed at as well. */
function bestServices(services: readonly Service[]): Service[] {
  const bestRank = new Map<string, number>();
  for (const { host, rank } of services) {
    bestRank.set(nameKey(host), Math.min(rank, bestRank.get(nameKey(host)) ?? rank));
  }
  const best = new Map<string, Service>();
  for (const service of services) {
    if (service.port === 0 || service.rank !== bestRank.get(nameKey(service.host))) continue;
    const key = `${nameKey(service.host)} ${service.port}`;
    const known = best.get(key);
    if (known === undefined || service.instance < known.instance) best.set(key, service);
  }
  return [...best.values()];
}

/** IPv4 first, since it needs no scope; a link-local IPv6 address means nothing without its interface. */
function addressesOf(cache: RecordCache, host: string, interfaceName: string): string[] {
  const v4 = cache.find("A", host).map((record) => record.address);
  const v6 = cache
    .find("AAAA", host)
    .map((record) => (/^fe[89ab]/.test(record.address) ? `${record.address}%${interfaceName}` : record.address));
  return [...v4.sort(), ...v6.sort()];
}

/** avahi names a workstation `press-line-01 [02:ba:71:a0:00:01]`: the address is for machines. */
function displayName(service: Service): string {
  const label = instanceLabel(service.instance);
  return service.rank === 2 ? label.replace(/\s*\[[0-9a-f:]{17}\]$/i, "") : label;
}
