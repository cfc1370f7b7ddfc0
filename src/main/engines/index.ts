export * from "./cgroup/index.ts";
export type { EngineAddress } from "./docker-api/engine-address.ts";
export { openEngine } from "./docker-api/open-engine.ts";
export type {
  ContainerInspection,
  ContainerSpec,
  Engine,
  EngineEvent,
  ImageInspection,
  LogRequest,
  OwnedThings,
  Progress,
} from "./engine.ts";
export { openLocalEngine } from "./local-engine.ts";
export { type DeviceReading, type SampleDeviceOptions, sampleDevice } from "./sampling/sample-device.ts";
