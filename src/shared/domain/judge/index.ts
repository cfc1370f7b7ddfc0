export { accuracyAxes, correctionFrom, learnRatio, meanCores, type Prediction } from "./accuracy.ts";
export { advisedCpuCores, advisedMemoryBytes } from "./advice.ts";
export { burstErrorShare, burstJobMs } from "./burst-error.ts";
export { busyWindowsShare } from "./cpu.ts";
export { bandOnDevice, correctionRuns, cpuBandOf, type KnownSpeeds, rulesFor } from "./cpu-band.ts";
export { afterMs, beforeMs } from "./evidence-lines.ts";
export { judgeGates } from "./gates.ts";
export { judgeLoads, whyLoadNotMade } from "./load.ts";
export { estimateMemory, type MemoryEstimate } from "./memory.ts";
export {
  type OomKill,
  type RunWithoutEnvelope,
  type ServiceObservation,
  type TargetObservation,
  targetObservationSchema,
} from "./observation.ts";
export { type ProfileJson, toProfileJson } from "./profile-json.ts";
export { type ProjectTo, projectTarget } from "./project.ts";
export { judgeProof } from "./proof.ts";
export { coreQuantiles, quantile } from "./quantiles.ts";
export { defaultRules } from "./rules.ts";
export { shareLimits } from "./shared-limits.ts";
export type { StorageObservation } from "./storage-observation.ts";
export { judgeTarget } from "./target.ts";
export { type RunWindow, WindowFold, windowMs, windowsBetween } from "./windows.ts";
