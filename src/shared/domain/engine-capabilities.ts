import * as z from "zod";

/** What a person or a runner may want from an engine beyond listing its containers. */
export const engineActions = [
  "create",
  "start",
  "stop",
  "restart",
  "pause",
  "unpause",
  "rename",
  "update",
  "remove",
  "logs",
  "exec",
  "pull-image",
  "build-image",
  "networks",
  "volumes",
  "labels",
  "cpu-limit",
] as const;
export const engineActionSchema = z.enum(engineActions);
export type EngineAction = z.infer<typeof engineActionSchema>;

/** What an engine cannot do, each with the sentence why; what is not in it, it can. */
export const engineCapabilitiesSchema = z.object({ unsupported: z.partialRecord(engineActionSchema, z.string()) });
export type EngineCapabilities = z.infer<typeof engineCapabilitiesSchema>;

/** The sentence why an engine cannot do something; null when it can. */
export function whyNot(engine: { capabilities: EngineCapabilities }, action: EngineAction): string | null {
  return engine.capabilities.unsupported[action] ?? null;
}
