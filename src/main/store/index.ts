export { type BaselineStore, openBaselines } from "./baselines.ts";
export { type Document, keepAsideUnlessJson, openDocument, readTextIfThere, writeAtomically } from "./document.ts";
export { dataFolderOf, packageFolder, resourcesFolder } from "./folders.ts";
export { type HeldLock, type LockOptions, takeLock, takeMachineLock, withLock } from "./lock.ts";
export { type LogCache, openLogCache } from "./log-cache.ts";
export type { LogFile, PlacedLine, StoredLine } from "./log-file.ts";
export {
  type Cut,
  cutAt,
  cutBefore,
  endsOf,
  firstRow,
  linesBetween,
  type OrderedLine,
  rowsBefore,
  rowsOf,
} from "./log-order.ts";
export { currentOwner, formatOwner, isOwnerAlive, type Owner, ownerSchema, parseOwner } from "./owner.ts";
export { archiveLimits, exportRuns, importRuns, runsOfArchive } from "./run-archive/index.ts";
export { openRunStore, type RunOutcome, type RunStore, type StoredRun } from "./run-store.ts";
export type { RunWriter } from "./run-writer.ts";
export { type Kept, openSecrets, type SecretBox, type SecretStore } from "./secrets.ts";
export { confBackend, openSettings, type SettingsBackend, type SettingsStore, settingsFileName } from "./settings.ts";
