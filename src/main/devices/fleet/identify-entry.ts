import type { Finding, SshTarget } from "../../../shared/domain/index.ts";
import type { ProbeAnswer } from "../identity/parse-probe.ts";
import { isSameMachine } from "../identity/same-machine.ts";
import { rememberedEvidence, type SavedDevice } from "../saved-devices.ts";
import type { OfferedKey } from "../session/session-status.ts";
import type { DeviceRegistry } from "./device-registry.ts";
import type { Entry } from "./entry.ts";
import { newSavedDevice } from "./new-saved-device.ts";

/**
 * A machine has said who it is. Decides whether it is the one that this entry stands for, and whether another entry
 * stands for it already. False: this session is not to go on with it.
 */
export async function identifyEntry(
  registry: DeviceRegistry,
  entry: Entry,
  target: SshTarget,
  offered: OfferedKey,
  probe: ProbeAnswer,
): Promise<boolean> {
  if (!registry.isListed(entry)) return false;
  const { device } = entry;
  const evidence = device.evidence(entry.session);
  const remembered = rememberedEvidence(device.saved);
  if (remembered !== null && !isSameMachine(remembered, evidence)) {
    if (!device.expectsOtherBoard) {
      registry.giveAway(entry, target, null);
      return false;
    }
  }
  if (device.expectsOtherBoard) device.notes = boardNotes(device.saved, probe);
  device.expectsOtherBoard = false;

  const twin = registry.entries.find(
    (other) => other !== entry && isSameMachine(other.device.evidence(other.session), evidence),
  );
  if (twin !== undefined) {
    const into = survivorOf(registry, entry, twin);
    registry.merge(into, into === entry ? twin : entry);
    if (into !== entry) return false;
  }
  // Its key was agreed to before: for a device with the same key, or by this person in ~/.ssh/known_hosts. A laptop that
  // happens to stand there is no device before it has an engine.
  if (probe.facts.engineSockets.length > 0) device.saved ??= newSavedDevice(entry, target, offered, false);
  if (device.saved !== null)
    device.saved = { ...device.saved, hostKey: { type: offered.type, fingerprint: offered.fingerprint } };
  registry.changed(entry);
  registry.refreshFindings();
  registry.remember(entry);
  return true;
}

/** A remembered device stays, so that its id and name do; of two that are or are not, the one known longer. */
function survivorOf(registry: DeviceRegistry, entry: Entry, twin: Entry): Entry {
  const [first, second] =
    registry.entries.indexOf(entry) < registry.entries.indexOf(twin) ? [entry, twin] : [twin, entry];
  return second.device.saved !== null && first.device.saved === null ? second : first;
}

/** After a key was replaced by hand: whether it is the same board, which is what the person wanted to know. */
function boardNotes(saved: SavedDevice | null, probe: ProbeAnswer): Finding[] {
  const before = saved?.facts?.boardSerial ?? null;
  const after = probe.facts.boardSerial;
  if (before === null || after === null) return [];
  const isSame = before === after;
  return [
    {
      rule: isSame ? "device.re-flashed" : "device.other-board",
      severity: isSame ? "info" : "warning",
      message: isSame
        ? `It has a new host key and is the same board as before (serial number ${after}).`
        : `It has a new host key and is another board: its serial number is ${after}, before it was ${before}.`,
      hint: isSame
        ? null
        : "If nobody has exchanged the board, forget this device and find out who answers at its address.",
      place: null,
    },
  ];
}
