import type { Sighting } from "../../../shared/domain/index.ts";
import type { DnsQuestion } from "./dns-message.ts";
import { instanceLabel, nameKey } from "./dns-name.ts";
import { announcedModels, type Heard, HINT_SERVICES, hintsOf, localName } from "./hint-services.ts";
import type { RecordCache } from "./record-cache.ts";

const SSH = "_ssh._tcp";
const SFTP = "_sftp-ssh._tcp";
const BALENA = "_resin-device._sub._ssh._tcp";
/** Where SSH would be on a machine that does not announce it. */
const USUAL_SSH_PORT = 22;

/** What is browsed for: what has SSH, and what only tells that a machine is there, and of what kind. */
export const BROWSED = [SSH, BALENA, SFTP, ...HINT_SERVICES].map(localName);

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

/** What the records of one interface say about machines: those with SSH, and those that are only heard of otherwise. */
export function resolveSshServices(cache: RecordCache, interfaceName: string, nowMs: number): ResolvedServices {
  const missing: DnsQuestion[] = [];
  const services = [
    ...servicesOf(cache, SSH, 0, missing),
    ...servicesOf(cache, BALENA, 0, missing),
    ...servicesOf(cache, SFTP, 1, missing),
  ];
  const balena = new Set(cache.find("PTR", localName(BALENA)).map((record) => nameKey(record.target)));
  const hints = hintsOf(cache, missing);
  const models = announcedModels(cache, missing);
  const sightingOf = (heard: Heard, key: string, ssh: boolean, port: number): Sighting[] => {
    const addresses = addressesOf(cache, heard.host, interfaceName);
    if (addresses.length === 0) {
      missing.push({ name: heard.host, type: "A" }, { name: heard.host, type: "AAAA" });
      return [];
    }
    const modelNames = [instanceLabel(heard.host), heard.name].map((name) => name.toLowerCase());
    return [
      {
        key: `mdns:${key}%${interfaceName}`,
        source: "mdns",
        ssh,
        user: null,
        name: heard.name,
        hostName: instanceLabel(heard.host),
        addresses,
        port,
        interfaceName,
        balena: heard.types.has(BALENA),
        services: [...heard.types].sort(),
        announcedModel: modelNames.map((name) => models.get(name)).find((model) => model !== undefined) ?? null,
        seenAtMs: nowMs,
      },
    ];
  };
  const withSsh = new Set(services.map(({ host }) => nameKey(host)));
  const sightings = [
    ...bestServices(services).flatMap((service) => {
      const types = new Set([
        service.rank === 1 ? SFTP : SSH,
        ...(balena.has(nameKey(service.instance)) ? [BALENA] : []),
        ...(hints.get(nameKey(service.host))?.types ?? []),
      ]);
      const heard = { host: service.host, name: instanceLabel(service.instance), types };
      return sightingOf(heard, service.instance, true, service.port);
    }),
    ...[...hints]
      .filter(([host]) => !withSsh.has(host))
      .flatMap(([host, heard]) => sightingOf(heard, host, false, USUAL_SSH_PORT)),
  ];
  return { sightings, missing };
}

function servicesOf(cache: RecordCache, type: string, rank: number, missing: DnsQuestion[]): Service[] {
  return cache.find("PTR", localName(type)).flatMap((pointer) => {
    const found = cache.find("SRV", pointer.target);
    if (found.length === 0) missing.push({ name: pointer.target, type: "SRV" });
    return found.map((service) => ({ instance: pointer.target, host: service.target, port: service.port, rank }));
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
