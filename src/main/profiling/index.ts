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
export { fitRun, type MeasuredRun } from "./fit-run.ts";
export { makeLoad } from "./load/index.ts";
export { type ProfileRequest, profileStack } from "./profile.ts";
export { comparisonMarkdown, type ReportedRun, reportRun } from "./report/index.ts";
export { measureSpeedScore, type SpeedScore, type SpeedScoreOptions } from "./speed-score.ts";
