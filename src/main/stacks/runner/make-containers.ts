import { posix } from "node:path";
import { AppError, type Service, type Stack } from "../../../shared/domain/index.ts";
import type { ContainerFile, Engine, OwnedThings, Progress } from "../../engines/index.ts";
import { startOrder } from "../order.ts";
import type { Started } from "./conditions.ts";
import { containerSpec } from "./container-spec.ts";
import { defaultGraceMs } from "./grace.ts";
import { composeLabels } from "./labels.ts";
import type { Ledger } from "./ledger.ts";
import { imageName } from "./names.ts";
import { OldContainers } from "./old-containers.ts";
import type { Placement } from "./placement.ts";
import { filesDigest, readServiceFiles } from "./service-files.ts";
import { aboutService } from "./start-services.ts";

export interface MakeContainers {
  engine: Engine;
  stack: Stack;
  imageIds: ReadonlyMap<string, string>;
  place: (service: Service) => Placement;
  labels: Record<string, string>;
  contents: ReadonlyMap<string, string>;
  before: OwnedThings;
  ledger: Ledger;
  onProgress: Progress;
  signal: AbortSignal;
}

export interface MadeContainers {
  /** One per service, in start order. */
  created: Started[];
  /** Ids of those that ran already, unchanged. */
  kept: Set<string>;
  /** What stands aside: removed once the new ones are well. */
  old: OldContainers;
}

/**
 * Makes the containers that are not there yet, none started. One with the same meaning is kept: left alone when it runs, to be
 * started when it does not. A changed one is set aside, and so comes back when the new one fails.
 */
export async function makeContainers(request: MakeContainers): Promise<MadeContainers> {
  const { engine, stack, before, ledger, onProgress, signal } = request;
  const created: Started[] = [];
  const containerIds = new Map<string, string>();
  const kept = new Set<string>();
  const old = new OldContainers({ engine, stack, before, ledger, onProgress });
  for (const service of startOrder(stack.services).flat()) {
    signal.throwIfAborted();
    const imageId = request.imageIds.get(imageName(stack, service)) ?? "";
    const { labels } = request;
    const files = await readServiceFiles(stack, service);
    const spec = containerSpec({
      stack,
      service,
      imageId,
      placement: request.place(service),
      labels,
      containerIds,
      filesDigest: `${filesDigest(files)}${request.contents.get(service.name) ?? ""}`,
    });
    const present = old.of(service);
    const same = present.filter(
      (container) =>
        container.hasRun && container.labels[composeLabels.configHash] === spec.labels[composeLabels.configHash],
    );
    // After an `up` that was killed there may be two: the one in its place comes first.
    const unchanged = same.find(({ name }) => name === spec.name) ?? same[0];
    if (unchanged !== undefined) {
      for (const leftover of old.leftoversOf(service, unchanged)) await old.putAside(service, leftover);
      await old.giveNameBack(unchanged);
      if (old.isStopped(service)) onProgress(`Starting ${unchanged.name} again: what it depends on was replaced`);
      else if (!unchanged.running) onProgress(`Starting ${unchanged.name} again: it has not changed`);
      else {
        onProgress(`Keeping ${unchanged.name}: it runs and has not changed`);
        kept.add(unchanged.id);
      }
      if (!unchanged.running) {
        const graceMs = service.stopGraceMs ?? defaultGraceMs;
        ledger.add(`${unchanged.name} runs`, () => engine.stopContainer(unchanged.id, graceMs));
      }
      created.push({ service, containerId: unchanged.id });
      containerIds.set(service.name, unchanged.id);
      continue;
    }
    for (const container of present) await old.setAside(service, container);
    onProgress(`Creating ${spec.name}`);
    try {
      const id = await engine.createContainer(spec);
      ledger.add(`the container ${spec.name}`, () => engine.removeContainer(id));
      await putFiles(engine, id, service, files);
      created.push({ service, containerId: id });
      containerIds.set(service.name, id);
    } catch (error) {
      throw aboutService(service, "could not be created", error);
    }
  }
  return { created, kept, old };
}

async function putFiles(
  engine: Engine,
  containerId: string,
  service: Service,
  files: readonly ContainerFile[],
): Promise<void> {
  if (files.length === 0) return;
  if (engine.copyFiles !== undefined) {
    for (const [folder, inside] of byFolder(service, files)) await engine.copyFiles(containerId, folder, inside);
    return;
  }
  const message = `This engine cannot put the configs and secrets of the service ${service.name} into its container.`;
  throw new AppError("unsupported", message, { hint: "Build them into the image, or take them out of the file." });
}

/** All below the root; where that is read-only, each below the volume that is its folder. */
function byFolder(service: Service, files: readonly ContainerFile[]): Map<string, ContainerFile[]> {
  const groups = new Map<string, ContainerFile[]>();
  for (const file of files) {
    const folder = service.readOnly ? posix.dirname(file.path) : "/";
    const inside = { ...file, path: posix.relative(folder, file.path) };
    groups.set(folder, [...(groups.get(folder) ?? []), inside]);
  }
  return groups;
}
