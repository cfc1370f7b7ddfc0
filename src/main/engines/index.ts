export * from "./cgroup/index.ts";
export type { EngineAddress } from "./docker-api/engine-address.ts";
export { openEngine } from "./docker-api/open-engine.ts";
export type {
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
export { openLocalEngine } from "./local-engine.ts";
export { LogPosition } from "./logs/log-position.ts";
export { type DeviceReading, type SampleDeviceOptions, sampleDevice } from "./sampling/sample-device.ts";
