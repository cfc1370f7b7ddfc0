import { createHash } from "node:crypto";
import { type DeviceId, deviceIdSchema } from "../../../shared/domain/index.ts";

/** What tells one machine from another. A cloned card shares host key and machine-id, never serial or MAC. */
export interface MachineEvidence {
  boardSerial: string | null;
  macAddresses: readonly string[];
  machineId: string | null;
  hostKeyFingerprint: string | null;
  /** The kernel's boot id, while a connection to it is alive; else null. */
  liveBootId: string | null;
}

/**
 * True when two pieces of evidence are of one machine. Two that are alive at once under different boot ids are two,
 * whatever else they share. A serial number that both have decides next, then a shared network card; the host key with
 * the machine-id only where neither can be compared.
 */
export function isSameMachine(left: MachineEvidence, right: MachineEvidence): boolean {
  const bothAlive = left.liveBootId !== null && right.liveBootId !== null;
  if (bothAlive && left.liveBootId !== right.liveBootId) return false;
  const bothSerials = left.boardSerial !== null && right.boardSerial !== null;
  if (bothSerials && left.boardSerial !== right.boardSerial) return false;
  if (left.macAddresses.length > 0 && right.macAddresses.length > 0) {
    if (left.macAddresses.some((mac) => right.macAddresses.includes(mac))) return true;
    // A network card may have been replaced since; but not while both of them answer.
    return bothSerials && !bothAlive;
  }
  return bothSerials || sharedByClones(left, right).length === 2;
}

/** What two machines have in common that each should have for itself: the marks of a copied card. */
export function sharedByClones(left: MachineEvidence, right: MachineEvidence): ("host key" | "machine-id")[] {
  const hostKey = left.hostKeyFingerprint !== null && left.hostKeyFingerprint === right.hostKeyFingerprint;
  const machineId = left.machineId !== null && left.machineId === right.machineId;
  return [...(hostKey ? (["host key"] as const) : []), ...(machineId ? (["machine-id"] as const) : [])];
}

/** True when there is enough to know the machine again. */
export function isIdentified(evidence: MachineEvidence): boolean {
  return evidence.boardSerial !== null || evidence.macAddresses.length > 0 || evidence.machineId !== null;
}

/**
 * An id that the machine keeps, and that every Bayplan gives it: a short hash of serial number and first MAC; of
 * machine-id and host key where a machine has neither. Never of its address.
 */
export function stableIdOf(evidence: MachineEvidence): DeviceId {
  const board = [evidence.boardSerial ?? "", evidence.macAddresses[0] ?? ""];
  const parts = board.some((part) => part !== "")
    ? board
    : [evidence.machineId ?? "", evidence.hostKeyFingerprint ?? ""];
  return deviceIdSchema.parse(`d-${createHash("sha256").update(parts.join("\n")).digest("hex").slice(0, 12)}`);
}
