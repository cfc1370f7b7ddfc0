export { childGroups } from "./child-groups.ts";
export { cleanDeadEnvelopes, createEnvelope, type EnvelopeHandle, type EnvelopeRequest } from "./envelope.ts";
export { type GroupPaths, groupPaths } from "./group-paths.ts";
export { type CgroupMounts, readCgroupMounts } from "./mounts.ts";
export { ownCores } from "./own-cores.ts";
export { type EnvelopeHost, planEnvelope } from "./plan.ts";
