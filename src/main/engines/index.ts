export * from "./cgroup/index.ts";
export type { EngineAddress } from "./docker-api/engine-address.ts";
export { openEngine } from "./docker-api/open-engine.ts";
export type {
  ContainerChange,
  ContainerInspection,
  ContainerSpec,
  Engine,
  EngineEvent,
  FollowLogOptions,
  ImageInspection,
  LogPiece,
  LogRequest,
  OwnedThings,
  Progress,
} from "./engine.ts";
export { type KantoLoss, kantoLosses } from "./kanto/container-body.ts";
export type { KantoMetrics } from "./kanto/feature-news.ts";
export { qualifiedImage } from "./kanto/image-name.ts";
export { type KantoCreated, KantoThings, type KantoThingsOptions } from "./kanto/kanto-things.ts";
export { type OpenKantoOptions, openKanto } from "./kanto/open-kanto.ts";
export { sizeText as kantoSizeText } from "./kanto/sizes.ts";
export { openLocalEngine } from "./local-engine.ts";
export { LogPosition } from "./logs/log-position.ts";
export { type DeviceReading, type SampleDeviceOptions, sampleDevice } from "./sampling/sample-device.ts";
