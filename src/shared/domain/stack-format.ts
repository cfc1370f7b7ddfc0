import * as z from "zod";

/** What a stack can be written in. Each is read into the same `Stack`. */
export const stackFormatSchema = z.enum(["compose", "balena", "particle", "telemetryos", "kanto", "docker-run"]);
export type StackFormat = z.infer<typeof stackFormatSchema>;

/** What a stack can be written out as: a compose file, or Kanto's container JSON in either of its two dialects. */
export const exportFormatSchema = z.enum(["compose", "kanto", "kanto-ditto"]);
export type ExportFormat = z.infer<typeof exportFormatSchema>;
