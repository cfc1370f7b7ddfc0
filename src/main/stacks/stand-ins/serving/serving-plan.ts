import * as z from "zod";
import { nameMappingSchema } from "../names.ts";

/** On every container of a stack that something is served for; the value tells one `up` from the next. */
export const servingLabel = "io.bayplan.stand-ins";

/** What has to be there while a stack runs with its stand-ins. */
export const servingPlanSchema = z.object({
  id: z.string().regex(/^[0-9a-f]+$/),
  /** A folder of its own, made when serving begins and removed when it ends. */
  folder: z.string(),
  serial: z.array(
    z.object({
      node: z.string(),
      link: z.string(),
      source: z.discriminatedUnion("from", [
        z.object({ from: z.literal("file"), path: z.string() }),
        z.object({ from: z.literal("tcp"), host: z.string(), port: z.int() }),
      ]),
      everyMs: z.number().positive(),
    }),
  ),
  names: z.array(nameMappingSchema),
  /** The file with the cookies of the display, and where they are copied to. */
  authority: z.object({ from: z.string(), copy: z.string() }).nullable(),
});
export type ServingPlan = z.infer<typeof servingPlanSchema>;

/** False when the stack needs nobody besides the engine. */
export function needsServing({ serial, names, authority }: ServingPlan): boolean {
  return serial.length > 0 || names.length > 0 || authority !== null;
}
