export { makeLoad } from "./generator/make-load.ts";
export { loadFindings } from "./load-findings.ts";
export { RunLoads } from "./run-loads.ts";
