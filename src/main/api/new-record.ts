import type { Budget, Finding, RunRecord, RunRequest, Stack, Substitution } from "../../shared/domain/index.ts";
import { newRunId } from "./run-id.ts";

/** What is known of a run before it begins. */
export interface RunStart {
  request: RunRequest;
  stack: Stack;
  budgets: readonly Budget[];
  findings: Finding[];
  substitutions: Substitution[];
  on: RunRecord["on"];
  series: RunRecord["series"];
  proves: RunRecord["proves"];
}

/** The record of a run that is about to begin. */
export function newRecord({
  request,
  stack,
  budgets,
  findings,
  substitutions,
  on,
  series,
  proves,
}: RunStart): RunRecord {
  return {
    id: newRunId(),
    stackName: stack.name,
    file: stack.file,
    files: stack.files,
    services: stack.services.filter((service) => !service.load).map((service) => service.name),
    request,
    on,
    targets: budgets.map(({ label, name, memoryBytes, cpuCores }) => ({
      label,
      name,
      memoryBytes,
      cpuCores,
      deviceCoresPerHostCore: null,
      verdict: null,
    })),
    status: "running",
    phase: null,
    currentTarget: 0,
    startedAtMs: Date.now(),
    endedAtMs: null,
    verdict: null,
    failure: null,
    findings,
    substitutions,
    series,
    origin: null,
    proves,
  };
}
