import type { KeyPrint, SshTarget } from "../../../shared/domain/index.ts";
import type { SavedDevice } from "../saved-devices.ts";
import type { Entry } from "./entry.ts";

/** The first note of a device that is to be remembered. Its lasting id comes when it is written. */
export function newSavedDevice(entry: Entry, target: SshTarget, hostKey: KeyPrint | null, added: boolean): SavedDevice {
  const { device } = entry;
  return {
    id: device.id,
    name: null,
    user: device.user,
    host: target.host,
    port: target.port,
    addresses: [target.host],
    ...(device.isNamedByPerson(target.host) ? { given: target.host } : {}),
    added,
    hostKey: hostKey === null ? null : { type: hostKey.type, fingerprint: hostKey.fingerprint },
    facts: null,
    factsAtMs: null,
    engine: null,
    lastSeenAtMs: device.lastSeenAtMs,
  };
}
