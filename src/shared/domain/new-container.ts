import * as z from "zod";
import { containerSchema } from "./container.ts";

/**
 * A container to be made: of an image, with what the engine takes for everything else; or as Eclipse Kanto writes it
 * (the JSON of `kanto-cm get`, `kanto-cm create -f` and its deployment folder), which only Kanto takes.
 */
export const newContainerSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("image"),
    image: z.string().min(1).max(1_024),
    /** Null: the engine finds one. */
    name: z.string().min(1).max(255).nullable(),
  }),
  z.object({ kind: z.literal("kanto"), container: z.record(z.string(), z.unknown()) }),
]);
export type NewContainer = z.infer<typeof newContainerSchema>;

/**
 * A container that was made. `confirmedBy`: what has told that it is there, and runs where it was to be started. The
 * Container feature is Kanto's own news over MQTT; the engine's list is asked where there is none.
 */
export const createdContainerSchema = z.object({
  container: containerSchema,
  confirmedBy: z.enum(["container-feature", "engine"]),
});
export type CreatedContainer = z.infer<typeof createdContainerSchema>;
