import * as z from "zod";

/** What a person chose; every field has a default so that an older file stays readable. */
export const settingsSchema = z.object({
  theme: z.enum(["system", "light", "dark", "contrast"]).default("system"),
  recentStacks: z.array(z.string()).max(20).default([]),
});
export type Settings = z.infer<typeof settingsSchema>;
