import { eventIterator, oc } from "@orpc/contract";
import * as z from "zod";
import { deviceSpeedSchema, measuredSpeedSchema, speedBookSchema } from "../domain/index.ts";
import { errors } from "./errors.ts";

/** Measuring tells each step, then what came of it. */
export const calibrateUpdateSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("progress"), text: z.string() }),
  z.object({ kind: z.literal("measured"), here: measuredSpeedSchema, device: deviceSpeedSchema.nullable() }),
]);
export type CalibrateUpdate = z.infer<typeof calibrateUpdateSchema>;

/** How fast machines are, measured, and what runs on devices have taught. */
export const speedContract = {
  /** The name, id or address of a device; null measures this machine. Cancelling leaves nothing on the device. */
  calibrate: oc
    .errors(errors)
    .input(z.object({ device: z.string().min(1).nullable() }))
    .output(eventIterator(calibrateUpdateSchema)),
  book: oc.errors(errors).output(speedBookSchema),
  /** Forgets what was learned of a model of the catalogue. */
  forget: oc
    .errors(errors)
    .input(z.object({ modelId: z.string().min(1) }))
    .output(z.object({ forgotten: z.literal(true) })),
};
