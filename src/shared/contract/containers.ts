import { eventIterator, oc } from "@orpc/contract";
import * as z from "zod";
import {
  containerChangeSchema,
  containerSchema,
  createdContainerSchema,
  deviceIdSchema,
  newContainerSchema,
  outcomeSchema,
} from "../domain/index.ts";
import { errors } from "./errors.ts";

const oneDevice = z.object({ deviceId: deviceIdSchema });
const oneContainer = oneDevice.extend({ containerId: z.string().min(1) });
/** How long it may take to end by itself before it is made to. */
const withGrace = oneContainer.extend({ graceMs: z.int().min(0).max(3_600_000).default(10_000) });

/** Containers of one device: asked and answered, or why not. */
const containersUpdateSchema = outcomeSchema(z.array(containerSchema));

/**
 * What an engine cannot do is `unsupported`, with the sentence that its capabilities have for it. What changes a container
 * answers with the container as the engine tells of it afterwards.
 */
export const containersContract = {
  list: oc.errors(errors).input(oneDevice).output(z.array(containerSchema)),
  watch: oc.errors(errors).input(oneDevice).output(eventIterator(containersUpdateSchema)),
  /**
   * Creates one container, pulls its image where the device has it not, and starts it unless told otherwise. Answers when
   * the engine tells of it.
   */
  create: oc
    .errors(errors)
    .input(oneDevice.extend({ container: newContainerSchema, start: z.boolean().default(true) }))
    .output(createdContainerSchema),
  start: oc.errors(errors).input(oneContainer).output(containerSchema),
  stop: oc.errors(errors).input(withGrace).output(containerSchema),
  restart: oc.errors(errors).input(withGrace).output(containerSchema),
  /** Holds its processes where they are; they keep their memory. */
  pause: oc.errors(errors).input(oneContainer).output(containerSchema),
  unpause: oc.errors(errors).input(oneContainer).output(containerSchema),
  rename: oc
    .errors(errors)
    .input(oneContainer.extend({ name: z.string().min(1).max(255) }))
    .output(containerSchema),
  /** Changes limits and the restart policy while it runs. */
  update: oc
    .errors(errors)
    .input(oneContainer.extend({ change: containerChangeSchema }))
    .output(containerSchema),
  /** Kills it if need be. Named volumes stay, anonymous ones go with it. `removed` false: it was gone already. */
  remove: oc
    .errors(errors)
    .input(oneContainer)
    .output(z.object({ removed: z.boolean() })),
};
