export { advisedCpuCores, advisedMemoryBytes } from "./advice.ts";
export { estimateMemory, type MemoryEstimate } from "./memory.ts";
export type { OomKill, RunWithoutEnvelope, ServiceObservation, TargetObservation } from "./observation.ts";
export { type ProfileJson, toProfileJson } from "./profile-json.ts";
export { coreQuantiles, quantile } from "./quantiles.ts";
export { defaultRules } from "./rules.ts";
export { shareLimits } from "./shared-limits.ts";
export { judgeTarget } from "./target.ts";
export { type RunWindow, WindowFold, windowsBetween } from "./windows.ts";
