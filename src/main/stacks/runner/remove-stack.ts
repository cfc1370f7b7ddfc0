import { AppError, type Service } from "../../../shared/domain/index.ts";
import type { Engine, Progress } from "../../engines/index.ts";
import { projectLabel } from "./names.ts";
import { type RemovedCounts, removeThings } from "./remove-things.ts";
import { stopInOrder } from "./stop-in-order.ts";

/** Whoever still makes things after that is alive. */
const roundsMax = 3;

/**
 * Takes a project down by its labels, whoever started it: containers and networks, and with `volumes` its volumes
 * with their data. Containers of `services` are stopped as their file says, in its order and with its grace, all others at once.
 * Gives how many of each there were; all zero means that nothing was up. What cannot be stopped is removed all the same, and so is
 * what the engine was still making for an `up` that was killed.
 */
export async function removeStack({
  engine,
  project,
  volumes,
  services = [],
  onProgress = () => undefined,
}: {
  engine: Engine;
  project: string;
  volumes: boolean;
  services?: readonly Service[];
  onProgress?: Progress;
}): Promise<RemovedCounts> {
  const counts: RemovedCounts = { containers: 0, networks: 0, volumes: 0 };
  for (let round = 0; round < roundsMax; round += 1) {
    const all = await engine.listByLabel(projectLabel(project));
    const things = volumes ? all : { ...all, volumes: [] };
    if (things.containers.length + things.networks.length + things.volumes.length === 0) break;
    try {
      await stopInOrder({ engine, services, containers: things.containers, onProgress });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      onProgress(`${error.message} It is removed as it is.`);
    }
    const removed = await removeThings(engine, things);
    counts.containers += removed.containers;
    counts.networks += removed.networks;
    counts.volumes += removed.volumes;
  }
  return counts;
}
