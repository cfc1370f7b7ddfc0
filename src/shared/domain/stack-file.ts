import * as z from "zod";
import { placeSchema } from "./finding.ts";

/** What a file is for a stack. */
export const stackFileRoleSchema = z.enum([
  /** What was opened. */
  "stack",
  /** Laid over what was opened. */
  "override",
  "include",
  "extends",
  /** Values for the `${NAME}` of the other files, such as `.env`. */
  "variables",
  "env-file",
  "label-file",
  "dockerfile",
  /** What leads to the stack: a blueprint of Particle. */
  "blueprint",
]);
export type StackFileRole = z.infer<typeof stackFileRoleSchema>;

/** A file that belongs to a stack: one that was read for it, or that its build will read. */
export const stackFileSchema = z.object({
  /** Absolute. */
  path: z.string(),
  role: stackFileRoleSchema,
  /** Where the stack names it first; null: it is known by its own name. */
  namedAt: placeSchema.nullable(),
  /** True for a file that is named but cannot be read. */
  missing: z.boolean(),
});
export type StackFile = z.infer<typeof stackFileSchema>;

/** The text of a file of a stack as a face shows it. */
export const stackFileTextSchema = z.object({
  path: z.string(),
  text: z.string(),
  /** How many values were left out since they look like passwords or keys. */
  hiddenValues: z.int().nonnegative(),
});
export type StackFileText = z.infer<typeof stackFileTextSchema>;
