import type { Stack } from "../../../shared/domain/index.ts";
import type { Engine, OwnedThings, Progress } from "../../engines/index.ts";
import { composeLabels } from "./labels.ts";
import type { Ledger } from "./ledger.ts";
import { networkName, projectLabel, volumeName } from "./names.ts";

export interface SharedRequest {
  engine: Engine;
  stack: Stack;
  /** Labels besides Compose's. */
  labels: Record<string, string>;
  /** What the project had before. */
  before: OwnedThings;
  ledger: Ledger;
  onProgress: Progress;
  signal: AbortSignal;
}

/** Networks (ids) and volumes (names) of the project that may be removed with it. */
export interface SharedThings {
  networkIds: string[];
  volumeNames: string[];
}

/** Makes the networks and volumes that the services use; those that the project already has are kept. */
export async function makeSharedThings(request: SharedRequest): Promise<SharedThings> {
  const networkIds = await makeNetworks(request);
  const volumeNames = await makeVolumes(request);
  return { networkIds, volumeNames };
}

async function makeNetworks({
  engine,
  stack,
  labels,
  before,
  ledger,
  onProgress,
  signal,
}: SharedRequest): Promise<string[]> {
  const ids: string[] = [];
  const used = new Set(stack.services.flatMap((service) => service.networks.map(({ name }) => name)));
  for (const key of used) {
    const network = stack.networks.find(({ name }) => name === key);
    if (network?.external === true) continue;
    const name = networkName(stack, key);
    const present = before.networks.find((other) => other.name === name);
    if (present !== undefined) {
      ids.push(present.id);
      continue;
    }
    signal.throwIfAborted();
    onProgress(`Creating the network ${name}`);
    const id = await engine.createNetwork(name, {
      labels: { ...labels, [composeLabels.project]: stack.name, [composeLabels.network]: key },
      internal: network?.internal ?? false,
      driver: network?.driver ?? null,
      options: network?.options ?? null,
    });
    ledger.add(`the network ${name}`, () => engine.removeNetwork(id));
    ids.push(id);
  }
  return ids;
}

/**
 * An engine answers "created" for a volume that was there before, and then it is somebody's data: only a volume that
 * carries the project's label afterwards is the project's, and only one that did not before is taken back on failure.
 */
async function makeVolumes({
  engine,
  stack,
  labels,
  before,
  ledger,
  onProgress,
  signal,
}: SharedRequest): Promise<string[]> {
  const names: string[] = [];
  const mounts = stack.services.flatMap((service) => service.mounts);
  const used = new Set(mounts.flatMap(({ kind, source }) => (kind === "volume" && source !== null ? [source] : [])));
  const known = new Set(before.volumes.map(({ name }) => name));
  for (const key of used) {
    if (stack.volumes.find(({ name }) => name === key)?.external === true) continue;
    const name = volumeName(stack, key);
    if (!known.has(name)) {
      signal.throwIfAborted();
      onProgress(`Creating the volume ${name}`);
      const owned = { ...labels, [composeLabels.project]: stack.name, [composeLabels.volume]: key };
      await engine.createVolume(name, owned, stack.volumes.find((volume) => volume.name === key)?.options ?? null);
      const after = await engine.listByLabel(projectLabel(stack.name));
      if (!after.volumes.some((volume) => volume.name === name)) {
        onProgress(`The volume ${name} was there before and is not the stack's own: it is used and never removed`);
        continue;
      }
      ledger.add(`the volume ${name}`, () => engine.removeVolume(name));
    }
    names.push(name);
  }
  return names;
}
