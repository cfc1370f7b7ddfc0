import type { Engine } from "../../engines/index.ts";
import { projectLabel } from "./names.ts";
import { type RemovedCounts, removeThings } from "./remove-things.ts";

/**
 * Takes a project down by its labels, whoever started it: containers and networks, and with `volumes` its volumes
 * with their data. Gives how many of each there were; all zero means that nothing was up.
 */
export async function removeStack({
  engine,
  project,
  volumes,
}: {
  engine: Engine;
  project: string;
  volumes: boolean;
}): Promise<RemovedCounts> {
  const things = await engine.listByLabel(projectLabel(project));
  return removeThings(engine, volumes ? things : { ...things, volumes: [] });
}
