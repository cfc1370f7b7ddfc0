import type { Engine, OwnedThings } from "../../engines/index.ts";
import { isOwnerAlive, parseOwner } from "../../store/index.ts";
import { ownerLabel, runLabel } from "./labels.ts";
import { removeThings } from "./remove-things.ts";

/**
 * Removes what runs have left behind whose process is gone (killed, or the machine restarted), and gives what it was.
 * A stack that is `up` carries no run and is kept, and so is everything whose owner cannot be read. For this machine's
 * own engine only: an owner is a process of this machine.
 */
export async function cleanDeadOwners(engine: Engine): Promise<OwnedThings> {
  const { containers, networks, volumes } = await engine.listByLabel(runLabel);
  const dead = {
    containers: containers.filter(({ labels }) => isOwnerDead(labels)),
    networks: networks.filter(({ labels }) => isOwnerDead(labels)),
    volumes: volumes.filter(({ labels }) => isOwnerDead(labels)),
  };
  // Nobody waits for them any more: no grace.
  await removeThings(engine, dead, 0);
  return dead;
}

function isOwnerDead(labels: Record<string, string>): boolean {
  const owner = parseOwner(labels[ownerLabel] ?? "");
  return owner !== null && runLabel in labels && !isOwnerAlive(owner);
}
