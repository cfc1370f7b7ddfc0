import { currentOwner, type Owner, parseOwner } from "../../store/index.ts";

const prefix = "bayplan-";

/**
 * The name of an envelope's cgroup: `bayplan-<run>.<pid>.<startTicks>`. The owner stands in the name since a cgroup has
 * no place for a label; the boot id does not, since no cgroup outlives a boot.
 */
export function envelopeName(runId: string, owner: Owner = currentOwner()): string {
  return `${prefix}${runId}.${owner.pid}.${owner.startTicks}`;
}

/** Who made the cgroup of that name; null when it is not an envelope's. */
export function envelopeOwner(name: string, bootId: string = currentOwner().bootId): Owner | null {
  if (!name.startsWith(prefix)) return null;
  const match = /^[0-9A-Za-z-]+\.(\d+\.\d*)$/.exec(name.slice(prefix.length));
  return match === null ? null : parseOwner(`${match[1]}.${bootId}`);
}
