import * as z from "zod";
import type { ContainerState } from "./container.ts";
import type { EngineAction } from "./engine-capabilities.ts";
import { restartSchema } from "./stack.ts";

/** What a person can do with a container that is there, in the order in which it is offered. */
export const containerActions = [
  "start",
  "unpause",
  "stop",
  "restart",
  "pause",
  "rename",
  "update",
  "remove",
] as const satisfies readonly EngineAction[];
export type ContainerAction = (typeof containerActions)[number];

/** Those that take something away from whoever uses the container: a person is asked first. */
export function isDisruptive(action: ContainerAction): boolean {
  return action === "stop" || action === "restart" || action === "pause" || action === "remove";
}

/** The actions that mean something in a state. An engine may still refuse one, and says why. */
export function actionsIn(state: ContainerState): ContainerAction[] {
  return containerActions.filter((action) => {
    switch (action) {
      case "start":
        return !["running", "restarting", "paused", "removing"].includes(state);
      case "unpause":
        return state === "paused";
      case "stop":
        return state === "running" || state === "restarting" || state === "paused";
      case "restart":
      case "pause":
        return state === "running";
      case "rename":
      case "update":
      case "remove":
        return state !== "removing";
      default:
        return action satisfies never;
    }
  });
}

/** What of a container can be changed while it is there; null leaves it as it is. */
export const containerChangeSchema = z.object({
  memoryBytes: z.int().positive().nullable(),
  memoryReservationBytes: z.int().positive().nullable(),
  cpuCores: z.number().positive().nullable(),
  restart: restartSchema.nullable(),
});
export type ContainerChange = z.infer<typeof containerChangeSchema>;
