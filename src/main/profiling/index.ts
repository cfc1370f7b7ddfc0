export { toProfileJson } from "../../shared/domain/index.ts";
export {
  budgetOfDevice,
  budgetOfModel,
  type CustomRequest,
  customBudget,
  type DeviceUse,
  findModel,
  loadModels,
  modelOfDevice,
  parseBudgetText,
} from "./budget/index.ts";
export { cleanDeadEnvelopes } from "./envelope/index.ts";
export { fitRun, type MeasuredRun, predictFrom } from "./fit-run.ts";
export { makeLoad } from "./load/index.ts";
export type { LiveDevice } from "./on-device/link.ts";
export { profileOnDevice } from "./on-device/profile-on-device.ts";
export { refuseWhatIsUp } from "./on-device/what-is-up.ts";
export { type ProfileRequest, profileStack } from "./profile.ts";
export { comparisonMarkdown, type ReportedRun, reportRun } from "./report/index.ts";
export { cleanDeviceSpeed, measureDeviceSpeed } from "./speed/measure-device.ts";
export {
  measureSpeedHere,
  measureSpeedScore,
  readSpeedHere,
  type SpeedScore,
  type SpeedScoreOptions,
} from "./speed/speed-score.ts";
export { Speeds } from "./speed/speeds.ts";
