import type { ReportedRun } from "../../../../src/main/profiling/index.ts";
import {
  defaultRules,
  type Gates,
  judgeTarget,
  profileResultSchema,
  type RunSample,
  runRecordSchema,
  type TargetObservation,
  worstAnswer,
} from "../../../../src/shared/domain/index.ts";
import { mebibyte, observation } from "../../shared/judge/observations.ts";

/** A finished run of the observations, with a sample a second. */
export function finishedRun(
  seen: readonly TargetObservation[] = [observation()],
  { gates = {}, stackName = "gateway" }: { gates?: Gates; stackName?: string } = {},
): ReportedRun {
  const targets = seen.map((one) => judgeTarget(one, defaultRules, gates));
  const result = profileResultSchema.parse({
    schemaVersion: 1,
    verdict: worstAnswer(targets.map((target) => target.verdict)),
    targets,
    rules: defaultRules,
    host: {
      hostName: "here",
      cpus: 4,
      memoryBytes: 8 * 1024 * mebibyte,
      kernel: "6.1",
      cgroupVersion: 2,
      engine: "docker 27",
      singleCoreScore: 4000,
      singleCoreScoreSource: "measured here",
      busyWindowsShare: 0,
    },
    findings: [],
    runId: "20261127-100000-abcdef",
  });
  const record = runRecordSchema.parse({
    id: result.runId,
    stackName,
    file: "/home/somebody/secret-project/compose.yaml",
    services: ["broker"],
    request: { file: "compose.yaml", targets: [{ kind: "named", name: "board" }], durationMs: 60_000, warmUpMs: 0 },
    targets: [],
    status: "finished",
    phase: null,
    currentTarget: 0,
    startedAtMs: Date.UTC(2026, 10, 27, 10),
    endedAtMs: Date.UTC(2026, 10, 27, 10, 2),
    verdict: result.verdict,
    failure: null,
    findings: [],
  });
  const samples = seen.flatMap((_, target) =>
    Array.from(
      { length: 60 },
      (_unused, second): RunSample => ({
        target,
        atMs: second * 1000,
        memoryBytes: 100 * mebibyte,
        cacheBytes: 0,
        cpuSeconds: second / 10,
        throttledSeconds: 0,
        services: { broker: { memoryBytes: 100 * mebibyte, cacheBytes: 0, cpuSeconds: second / 10, oomKills: 0 } },
        busiestThread: null,
        otherHostCores: null,
      }),
    ),
  );
  return { record, result, samples, events: [] };
}
