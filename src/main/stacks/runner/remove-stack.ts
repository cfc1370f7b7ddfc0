import type { Service } from "../../../shared/domain/index.ts";
import type { Engine, Progress } from "../../engines/index.ts";
import { projectLabel } from "./names.ts";
import { type RemovedCounts, removeThings } from "./remove-things.ts";
import { stopInOrder } from "./stop-in-order.ts";

/**
 * Takes a project down by its labels, whoever started it: containers and networks, and with `volumes` its volumes
 * with their data. Containers of `services` are stopped as their file says, in its order and with its grace, all others at once.
 * Gives how many of each there were; all zero means that nothing was up.
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
  const things = await engine.listByLabel(projectLabel(project));
  await stopInOrder({ engine, services, containers: things.containers, onProgress });
  return removeThings(engine, volumes ? things : { ...things, volumes: [] });
}
