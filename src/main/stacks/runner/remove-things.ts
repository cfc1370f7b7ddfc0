import type { Engine, OwnedThings } from "../../engines/index.ts";
import { defaultGraceMs } from "./grace.ts";
import { unlessGone } from "./ledger.ts";

export interface RemovedCounts {
  containers: number;
  networks: number;
  volumes: number;
}

/** Stops and removes containers, then removes networks and volumes. Goes on after a failure, throws the first at the end. */
export async function removeThings(
  engine: Engine,
  things: OwnedThings,
  graceMs = defaultGraceMs,
): Promise<RemovedCounts> {
  const failures: unknown[] = [];
  const removeEach = async <T>(items: readonly T[], remove: (item: T) => Promise<void>): Promise<number> => {
    const results = await Promise.allSettled(items.map((item) => unlessGone(remove(item))));
    failures.push(...results.flatMap((result) => (result.status === "rejected" ? [result.reason] : [])));
    return results.filter(({ status }) => status === "fulfilled").length;
  };
  const containers = await removeEach(things.containers, async ({ id, running }) => {
    try {
      if (running) await unlessGone(engine.stopContainer(id, graceMs));
    } finally {
      // One that does not stop in time is killed with its removal.
      await engine.removeContainer(id);
    }
  });
  const networks = await removeEach(things.networks, ({ id }) => engine.removeNetwork(id));
  const volumes = await removeEach(things.volumes, ({ name }) => engine.removeVolume(name));
  if (failures.length > 0) throw failures[0];
  return { containers, networks, volumes };
}
