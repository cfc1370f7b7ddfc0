import { AppError, type Container, type ContainerChange, type DeviceId } from "../../shared/domain/index.ts";
import type { Fleet } from "../devices/index.ts";
import type { Engine } from "../engines/index.ts";

interface OneContainer {
  deviceId: DeviceId;
  containerId: string;
}

/** Does something to a container of a device and gives it as the engine tells of it then. */
export async function changeContainer(
  fleet: Fleet,
  { deviceId, containerId }: OneContainer,
  change: (engine: Engine) => Promise<void>,
): Promise<Container> {
  const engine = await fleet.engineOf(deviceId);
  await change(engine);
  const container = (await engine.listContainers()).find(({ id }) => id === containerId);
  if (container !== undefined) return container;
  throw new AppError("not-found", `Container ${containerId} has gone meanwhile.`);
}

/** Throws `bad-input` for a change of nothing. */
export async function updateContainer(engine: Engine, containerId: string, change: ContainerChange): Promise<void> {
  if (Object.values(change).every((value) => value === null)) {
    throw new AppError("bad-input", "Nothing of the container is to be changed.", {
      hint: "Give a memory limit, a number of cores or a restart policy.",
    });
  }
  await engine.updateContainer(containerId, change);
}

/** True when it was there before. */
export async function removeContainer(fleet: Fleet, { deviceId, containerId }: OneContainer): Promise<boolean> {
  const engine = await fleet.engineOf(deviceId);
  const wasThere = (await engine.listContainers()).some(({ id }) => id === containerId);
  if (wasThere) await engine.removeContainer(containerId);
  return wasThere;
}
