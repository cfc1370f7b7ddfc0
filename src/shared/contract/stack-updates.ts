import * as z from "zod";
import { findingSchema, substitutionSchema } from "../domain/index.ts";

export const upUpdateSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("progress"), text: z.string() }),
  z.object({
    kind: z.literal("up"),
    project: z.string(),
    services: z.array(z.object({ name: z.string(), containers: z.array(z.string()) })),
    findings: z.array(findingSchema),
    /** What is another thing on this machine than the file says. */
    substitutions: z.array(substitutionSchema),
    /** Where a browser learns how to reach containers by their names, while the stack is up; null when that is not wanted. */
    pacUrl: z.string().nullable(),
  }),
]);
export type UpUpdate = z.infer<typeof upUpdateSchema>;

export const restartUpdateSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("progress"), text: z.string() }),
  z.object({
    kind: z.literal("restarted"),
    project: z.string(),
    /** Those that were restarted, in the order of their start. */
    services: z.array(z.object({ name: z.string(), containers: z.array(z.string()) })),
  }),
]);
export type RestartUpdate = z.infer<typeof restartUpdateSchema>;

export const removedStackSchema = z.object({
  project: z.string(),
  containers: z.int(),
  networks: z.int(),
  volumes: z.int(),
  /** Of a device: where the stack's files were copied to, and those that containers have written there and that are kept. */
  files: z.object({ folder: z.string(), kept: z.array(z.string()) }).nullable(),
});
export type RemovedStack = z.infer<typeof removedStackSchema>;
