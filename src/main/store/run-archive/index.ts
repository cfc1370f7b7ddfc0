export { archiveLimits } from "./archive-lines.ts";
export { exportRuns } from "./export-runs.ts";
export { importRuns } from "./import-runs.ts";
export { runsOfArchive } from "./runs-of-archive.ts";
