import type {
  Budget,
  Correction,
  Model,
  ProfileResult,
  Rules,
  RunId,
  SeriesPlace,
  Stack,
  TargetRequest,
} from "../../shared/domain/index.ts";
import type { Engine } from "../engines/index.ts";
import type { ProfileRequest } from "../profiling/index.ts";
import type { RunStore, RunWriter } from "../store/index.ts";
import type { PrepareThere } from "./run-on-device.ts";
import type { Proving, WantedRun } from "./wanted-run.ts";

/** What every run of this process works with. */
export interface RunServiceParts {
  dataFolder: string;
  store: RunStore;
  openEngine: () => Promise<Engine>;
  budgetsOf: (targets: readonly TargetRequest[], rules: Rules) => Promise<Budget[]>;
  prepareThere: PrepareThere;
  /** A run on a device is over and kept. */
  learnFrom: (runId: RunId) => Promise<void>;
  /** What was learned of each model and is used, by its id. */
  correctionsOf: (models: readonly Model[]) => Promise<ReadonlyMap<string, Correction>>;
}

/** What a run is started with, once its stack and its budgets have been read. */
export interface StartParts extends WantedRun {
  series: SeriesPlace | null;
  /** What it is to prove; null for a run of its own. */
  proving: Proving | null;
}

/** What it is measured with. */
export interface MeasureParts extends Omit<StartParts, "opened" | "series"> {
  stack: Stack;
  /** Runs it, on this machine's engine or on a device. */
  profile: (asked: Omit<ProfileRequest, "engine">) => Promise<ProfileResult>;
  writer: RunWriter;
}
