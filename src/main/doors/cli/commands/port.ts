import { once } from "node:events";
import type { Context } from "../context.ts";
import { findOnlineDevice } from "../find-device.ts";

/** Opens a port of a device on this machine and keeps it open until Ctrl-C. */
export async function openPort(
  context: Context,
  { name, port, localPort }: { name: string; port: number; localPort: number | null },
): Promise<number> {
  const device = await findOnlineDevice(context, name);
  const opened = await context.client.ports.open({ deviceId: device.id, port, localPort });
  context.output.value({ device: device.name, ...opened });
  context.output.text(opened.url);
  context.output.note(`Port ${port} of ${device.name} is open here until Ctrl-C.`);
  if (!context.signal.aborted) await once(context.signal, "abort");
  await context.client.ports.close({ id: opened.id });
  return 0;
}
