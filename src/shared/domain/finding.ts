import * as z from "zod";

/** Where in a file something stands; line and column count from 1. */
export const placeSchema = z.object({
  file: z.string(),
  line: z.int().positive(),
  column: z.int().positive(),
});
export type Place = z.infer<typeof placeSchema>;

export const severitySchema = z.enum(["error", "warning", "info"]);
export type Severity = z.infer<typeof severitySchema>;

/** One remark of a check: what is wrong, where, and what to do about it. */
export const findingSchema = z.object({
  /** The rule that speaks, for example `compose.unsupported-key` or `device.cloned-image`. */
  rule: z.string(),
  severity: severitySchema,
  message: z.string(),
  hint: z.string().nullable(),
  place: placeSchema.nullable(),
});
export type Finding = z.infer<typeof findingSchema>;
