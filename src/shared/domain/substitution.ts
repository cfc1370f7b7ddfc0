import * as z from "zod";
import { placeSchema } from "./finding.ts";

/** One thing of a stack that is another one when it runs on this machine. */
export const substitutionSchema = z.object({
  kind: z.enum(["service", "device", "bind", "environment", "bus", "display", "name", "build"]),
  /** Null: every service. */
  service: z.string().nullable(),
  /** What the stack asks for: a path, a variable, an address. */
  what: z.string(),
  /** What it is here, as the end of "… is …". The values of `local.environment` are not in it: they may be secret. */
  instead: z.string(),
  /** Where that is said; null when Bayplan does it by itself. */
  place: placeSchema.nullable(),
});
export type Substitution = z.infer<typeof substitutionSchema>;
