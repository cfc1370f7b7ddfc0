import { isIdentified, isSameMachine, stableIdOf } from "../identity/same-machine.ts";
import { rememberedEvidence, type SavedDevice } from "../saved-devices.ts";
import type { Entry } from "./entry.ts";

/**
 * What to write down of a device: what is known now over what was known before. It gets its lasting id with its
 * identity and then keeps it, unless the board was exchanged; `taken` are the ids of others, which a machine with a copied serial number must not share.
 */
export function savedDeviceOf(entry: Entry, before: SavedDevice, taken: ReadonlySet<string>): SavedDevice {
  const { device, session } = entry;
  const { status } = session;
  const evidence = device.evidence(session);
  const remembered = rememberedEvidence(before);
  const isKept = before.id.startsWith("d-") && (remembered === null || isSameMachine(remembered, evidence));
  const lasting = isKept || !isIdentified(evidence) ? before.id : stableIdOf(evidence);
  // An address behind a jump host is somebody else's in the network of this machine.
  const near = [...device.sightings.values()].filter((sighting) => sighting.behind === undefined);
  const announced = near.flatMap((sighting) => sighting.addresses);
  const isReached = session.connected;
  const isNamed = isReached && device.isNamedByPerson(status.target.host);
  return {
    ...before,
    id: taken.has(lasting) ? before.id : lasting,
    user: device.user,
    host: isReached ? status.target.host : before.host,
    port: isReached ? status.target.port : before.port,
    addresses: announced.length > 0 ? [...new Set(announced)] : before.addresses,
    ...(isNamed ? { given: status.target.host } : {}),
    facts: status.probe?.facts ?? before.facts,
    factsAtMs: status.probedAtMs ?? before.factsAtMs,
    engine: status.engine ?? before.engine,
    lastSeenAtMs: device.lastSeenAtMs,
  };
}
