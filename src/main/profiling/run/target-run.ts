import type {
  Budget,
  EngineInfo,
  Load,
  LoadSeen,
  Phase,
  Rules,
  RunEvent,
  RunLogEntry,
  RunSample,
  Stack,
} from "../../../shared/domain/index.ts";
import type { Engine } from "../../engines/index.ts";
import type { EnvelopeHost } from "../envelope/index.ts";

/** What to run once, against which budget, and who is told. */
export interface TargetRun {
  runId: string;
  target: number;
  stack: Stack;
  /** What loads it from healthy on, until it is stopped. */
  loads: readonly Load[];
  budget: Budget;
  engine: Engine;
  engineInfo: EngineInfo;
  host: EnvelopeHost;
  rules: Rules;
  durationMs: number;
  warmUpMs: number;
  intervalMs: number;
  onSamples: (samples: RunSample[]) => void;
  onEvents: (events: RunEvent[]) => void;
  onLogs: (entries: RunLogEntry[]) => void;
  onPhase: (phase: Phase) => void;
  signal: AbortSignal;
}

/** How a run went, besides what was recorded of it. Times are on the run's clock. */
export interface RunOutcome {
  healthyMs: number | null;
  steady: { fromMs: number; toMs: number } | null;
  /** Why the stack failed inside; null when it did not. */
  failedInside: string | null;
  foreignPlatform: string | null;
  /** What was seen of each load; none when it did not come to that. */
  loads: readonly LoadSeen[];
  /** PSI `memory full` in seconds at the start and the end of steady time. */
  memoryFullSeconds: { from: number | null; to: number | null };
  /** Bytes written to block devices by then. */
  writtenBytes: { from: number | null; to: number | null };
}
