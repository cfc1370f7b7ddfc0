export { type FinalCounters, readChildThrottling, readFinalCounters, readThrottledSeconds } from "./final-counters.ts";
export { type GroupReader, openGroup } from "./group-reader.ts";
export { KernelLog, type LoggedKill } from "./kernel-log.ts";
export { ObservedGroup, SumGroup } from "./observed-group.ts";
export { readMemoryFullSeconds, readPressure, readSwapBytes } from "./pressure.ts";
export { Sampler } from "./sampler.ts";
export { threadFolders } from "./threads.ts";
