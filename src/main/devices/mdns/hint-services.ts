import type { DnsQuestion } from "./dns-message.ts";
import { instanceLabel, nameKey } from "./dns-name.ts";
import type { RecordCache } from "./record-cache.ts";

const WORKSTATION = "_workstation._tcp";
const DEVICE_INFO = "_device-info._tcp";
/** Services whose instance is called as people call the machine, not as it calls itself. */
const NAMED_BY_PEOPLE = new Set(["_ipp._tcp", "_printer._tcp", "_airplay._tcp"]);

/**
 * Services that tell that a machine is there and what it is, and not that it has SSH: avahi's workstation, a model
 * (Apple's and Samba's convention), an MQTT broker, printers, file servers, televisions and loudspeakers.
 */
export const HINT_SERVICES = [
  WORKSTATION,
  DEVICE_INFO,
  "_mqtt._tcp",
  "_smb._tcp",
  "_ipp._tcp",
  "_printer._tcp",
  "_googlecast._tcp",
  "_airplay._tcp",
] as const;

/** A machine by what it announces. */
export interface Heard {
  host: string;
  name: string;
  /** `_mqtt._tcp`, without the domain. */
  types: Set<string>;
}

/** The machines behind those services, by the key of their host name. */
export function hintsOf(cache: RecordCache, missing: DnsQuestion[]): Map<string, Heard> {
  const machines = new Map<string, Heard>();
  for (const type of HINT_SERVICES) {
    for (const pointer of cache.find("PTR", localName(type))) {
      const found = cache.find("SRV", pointer.target);
      // A model is often published without a place where it is served.
      if (found.length === 0 && type !== DEVICE_INFO) missing.push({ name: pointer.target, type: "SRV" });
      for (const { target: host } of found) {
        const heard = machines.get(nameKey(host)) ?? { host, name: instanceLabel(host), types: new Set() };
        machines.set(nameKey(host), heard);
        heard.types.add(type);
        if (NAMED_BY_PEOPLE.has(type)) heard.name = instanceLabel(pointer.target);
      }
    }
  }
  return machines;
}

/** `model=` of the machines that publish one, by their instance's or host's name in lower case. */
export function announcedModels(cache: RecordCache, missing: DnsQuestion[]): Map<string, string> {
  const models = new Map<string, string>();
  for (const { target } of cache.find("PTR", localName(DEVICE_INFO))) {
    const texts = cache.find("TXT", target);
    if (texts.length === 0) missing.push({ name: target, type: "TXT" });
    for (const entry of texts.flatMap(({ entries }) => entries)) {
      const model = /^model=(.+)$/i
        .exec(entry)?.[1]
        ?.replaceAll(/\p{Cc}/gu, "")
        .trim()
        .slice(0, 100);
      if (model !== undefined && model !== "") models.set(instanceLabel(target).toLowerCase(), model);
    }
  }
  return models;
}

export function localName(type: string): string {
  return `${type}.local`;
}
