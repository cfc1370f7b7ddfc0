import * as z from "zod";
import { deviceIdSchema } from "./device.ts";

export const portNumberSchema = z.int().min(1).max(65_535);

/** A port of a device, or of a container on it, that is open on this machine through the SSH connection. */
export const openPortSchema = z.object({
  id: z.string().min(1),
  deviceId: deviceIdSchema,
  /** Null: a port of the device itself. */
  containerId: z.string().nullable(),
  /** The port that was asked for: the container's own, or the device's. */
  port: portNumberSchema,
  /** The port at 127.0.0.1 of the machine that Bayplan runs on. */
  localPort: portNumberSchema,
  /** For a browser: `https` for the ports that are usually that. */
  url: z.string(),
  openedAtMs: z.number(),
});
export type OpenPort = z.infer<typeof openPortSchema>;
