import * as z from "zod";
import { checkOutside } from "../outside-text.ts";
import type { Envelope } from "./ditto.ts";

/** What the Container feature's twin says of a container: states in upper case (CM containerm/things/datatypes_container_state.go). */
export const featureStateSchema = z.object({
  status: z.string(),
  pid: z.int().nullish(),
  error: z.string().nullish(),
  exitCode: z.int().nullish(),
});
export type FeatureState = z.infer<typeof featureStateSchema>;

const statusSchema = z.object({ name: z.string().nullish(), imageRef: z.string(), state: featureStateSchema });

const featureSchema = z
  .object({ properties: z.object({ status: statusSchema }) })
  .transform((feature) => feature.properties.status);

/** One message of the twin about one container. */
export type FeatureNews =
  | { kind: "appeared"; containerId: string; name: string; image: string; state: FeatureState }
  | { kind: "state"; containerId: string; state: FeatureState }
  | { kind: "name"; containerId: string; name: string }
  | { kind: "changed"; containerId: string }
  | { kind: "gone"; containerId: string };

const featurePath = /^\/features\/Container:([^/]+)(?:\/properties\/status(?:\/(state|name|config))?)?$/;
const commandTopic = /\/things\/twin\/commands\/(modify|delete)$/;

/** What an event of the containers' thing says about a container; null for everything else. */
export function featureNewsOf({ topic, path, value }: Envelope): FeatureNews | null {
  const containerId = featurePath.exec(path)?.[1];
  const command = commandTopic.exec(topic)?.[1];
  if (containerId === undefined || command === undefined) return null;
  if (command === "delete") return { kind: "gone", containerId };
  const part = featurePath.exec(path)?.[2];
  if (part === "state") {
    const state = checkOutside(featureStateSchema, value);
    return state.success ? { kind: "state", containerId, state: state.data } : null;
  }
  if (part === "name") return typeof value === "string" ? { kind: "name", containerId, name: value } : null;
  if (part === "config") return { kind: "changed", containerId };
  const whole = path.includes("/properties/") ? checkOutside(statusSchema, value) : checkOutside(featureSchema, value);
  if (!whole.success) return null;
  const { name, imageRef, state } = whole.data;
  return { kind: "appeared", containerId, name: name ?? "", image: imageRef, state };
}

const metricsSchema = z.object({
  snapshot: z.array(
    z.object({
      originator: z.string(),
      measurements: z.array(z.object({ id: z.string(), value: z.number() })),
    }),
  ),
  /** Seconds in the code, milliseconds in the documentation. */
  timestamp: z.number(),
});

/** Kanto's own figures of one container, under its own names (`cpu.utilization`: percent of the whole machine, `memory.used`: bytes). */
export interface KantoMetrics {
  atMs: number;
  containers: { containerId: string; measurements: Record<string, number> }[];
}

/** The measurements in an outbox message of the Metrics feature; null for everything else. */
export function metricsOf({ path, value }: Envelope): KantoMetrics | null {
  if (path !== "/features/Metrics/outbox/messages/data") return null;
  const parsed = checkOutside(metricsSchema, value);
  if (!parsed.success) return null;
  const { snapshot, timestamp } = parsed.data;
  const isMs = timestamp > 1e11;
  return {
    atMs: isMs ? timestamp : timestamp * 1000,
    containers: snapshot
      .filter(({ originator }) => originator.startsWith("Container:"))
      .map(({ originator, measurements }) => ({
        containerId: originator.slice("Container:".length),
        measurements: Object.fromEntries(measurements.map(({ id, value: figure }) => [id, figure])),
      })),
  };
}
