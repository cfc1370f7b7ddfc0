import { useEffect, useState } from "react";
import type { Container, Device, Failure, OpenPort } from "../../shared/domain/index.ts";
import { client } from "../app/client.ts";
import { isDesktop } from "../app/connect.ts";
import { useAction } from "../app/use-action.ts";

export interface OpenPorts {
  ports: readonly OpenPort[];
  busy: boolean;
  failure: Failure | null;
  open: (container: Container, port: number) => void;
  close: (id: string) => void;
}

/** The ports of a device that are open on this machine. */
export function useOpenPorts(device: Device): OpenPorts {
  const [ports, setPorts] = useState<readonly OpenPort[]>([]);
  async function read(): Promise<void> {
    const all = await client.ports.list();
    setPorts(all.filter((port) => port.deviceId === device.id));
  }
  const list = useAction(read);
  const open = useAction(async (container: Container, port: number) => {
    const opened = await client.ports.open({ deviceId: device.id, containerId: container.id, port });
    await read();
    // The desktop window opens nothing by itself: there the address is shown, to be copied.
    if (!isDesktop()) window.open(opened.url, "_blank", "noopener");
  });
  const close = useAction(async (id: string) => {
    await client.ports.close({ id });
    await read();
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each device.
  useEffect(() => void list.run(), [device.id]);
  return {
    ports,
    busy: open.busy,
    failure: open.failure ?? close.failure ?? list.failure,
    open: (container, port) => void open.run(container, port),
    close: (id) => void close.run(id),
  };
}
