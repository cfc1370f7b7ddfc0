export { findModel, loadModels } from "./catalogue.ts";
export { type CustomRequest, customBudget, parseBudgetText } from "./custom-budget.ts";
export { budgetOfDevice, type DeviceUse, modelOfDevice } from "./device-budget.ts";
export { budgetOfModel } from "./model-budget.ts";
