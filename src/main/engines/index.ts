export { type TarEntry, tarEnd, tarHeader, tarPadding } from "./build-context/index.ts";
export * from "./cgroup/index.ts";
export type { EngineAddress } from "./docker-api/engine-address.ts";
export { openEngine } from "./docker-api/open-engine.ts";
export { type AskEmulation, deviceEmulation, localEmulation } from "./emulation/binfmt.ts";
export type {
  ContainerFile,
  ContainerInspection,
  ContainerSpec,
  DiskUse,
  Engine,
  EngineEvent,
  FollowLogOptions,
  ImageInspection,
  ImageLayers,
  InsideCommand,
  LogPiece,
  LogRequest,
  Loss,
  OwnedThings,
  Progress,
} from "./engine.ts";
export type { KantoMetrics } from "./kanto/feature-news.ts";
export { qualifiedImage } from "./kanto/image-name.ts";
export { type KantoCreated, KantoThings, type KantoThingsOptions } from "./kanto/kanto-things.ts";
export { type OpenKantoOptions, openKanto } from "./kanto/open-kanto.ts";
export { sizeText as kantoSizeText } from "./kanto/sizes.ts";
export { openLocalEngine } from "./local-engine.ts";
export { LogPosition } from "./logs/log-position.ts";
export { isPlatform, parsePlatform, runsNatively } from "./platform.ts";
export { ReplyReader } from "./sampling/reply-reader.ts";
export {
  type DeviceCounters,
  type DeviceReading,
  type Pace,
  readCounters,
  type SampleDeviceOptions,
  sampleDevice,
} from "./sampling/sample-device.ts";
export { findContainers, findControllers } from "./sampling/sampler-script.ts";
