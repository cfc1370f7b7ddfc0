export type { DiscoverySource, SightingEvent } from "./discovery-source.ts";
export { type Fleet, type FleetOptions, openFleet } from "./fleet.ts";
