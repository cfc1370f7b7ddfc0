import * as z from "zod";
import { failureSchema } from "./app-error.ts";
import { engineInfoSchema } from "./device.ts";

/** One source of discovery and what it is doing, as evidence for an empty list. */
export const discoveryEvidenceSchema = z.object({
  source: z.string(),
  state: z.enum(["working", "nothing-heard", "failed", "off"]),
  /** Numbers, not adjectives: "eth0 10.77.0.1: 3 answers, 0 SSH devices". */
  detail: z.string(),
  /** What to do about it; null where there is nothing to do. */
  hint: z.string().nullable(),
});
export type DiscoveryEvidence = z.infer<typeof discoveryEvidenceSchema>;

/** This machine: its engine (or why there is none), its size and how discovery goes. */
export const hostInfoSchema = z.object({
  version: z.string(),
  hostName: z.string(),
  cpus: z.int(),
  memoryBytes: z.number(),
  engine: engineInfoSchema.nullable(),
  engineFailure: failureSchema.nullable(),
  listeningSinceMs: z.number().nullable(),
  discovery: z.array(discoveryEvidenceSchema),
});
export type HostInfo = z.infer<typeof hostInfoSchema>;
