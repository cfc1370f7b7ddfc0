import type { Container, ContainerAction, ContainerChange, Device } from "../../../shared/domain/index.ts";
import { client } from "../../app/client.ts";
import { hideContainer, showContainer } from "../../app/containers-store.ts";

/** The actions that need nothing but the container. */
export type PlainAction = Exclude<ContainerAction, "rename" | "update">;

/** Does it, and shows the container as the engine tells of it afterwards. */
export async function callAction(device: Device, container: Container, action: PlainAction): Promise<void> {
  const one = { deviceId: device.id, containerId: container.id };
  if (action === "remove") {
    await client.containers.remove(one);
    hideContainer(device.id, container.id);
    return;
  }
  showContainer(device.id, await client.containers[action](one));
}

export async function renameContainer(device: Device, container: Container, name: string): Promise<void> {
  showContainer(device.id, await client.containers.rename({ deviceId: device.id, containerId: container.id, name }));
}

export async function updateContainer(device: Device, container: Container, change: ContainerChange): Promise<void> {
  showContainer(device.id, await client.containers.update({ deviceId: device.id, containerId: container.id, change }));
}
