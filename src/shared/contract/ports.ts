import { oc } from "@orpc/contract";
import * as z from "zod";
import { deviceIdSchema, openPortSchema, portNumberSchema } from "../domain/index.ts";
import { errors } from "./errors.ts";

export const portsContract = {
  /**
   * Opens a port of a device, or one that a container publishes, on 127.0.0.1 of the machine that Bayplan runs on, through
   * the SSH connection. It stays open until it is closed, the device leaves the list, or Bayplan ends.
   */
  open: oc
    .errors(errors)
    .input(
      z.object({
        deviceId: deviceIdSchema,
        port: portNumberSchema,
        containerId: z.string().min(1).nullable().default(null),
        /** Null: the same number where it is free, else any. */
        localPort: portNumberSchema.nullable().default(null),
      }),
    )
    .output(openPortSchema),
  list: oc.errors(errors).output(z.array(openPortSchema)),
  close: oc
    .errors(errors)
    .input(z.object({ id: z.string().min(1) }))
    .output(z.object({ closed: z.boolean() })),
};
