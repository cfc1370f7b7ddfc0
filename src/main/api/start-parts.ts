import type { ProfileResult, SeriesPlace, Stack } from "../../shared/domain/index.ts";
import type { ProfileRequest } from "../profiling/index.ts";
import type { RunWriter } from "../store/index.ts";
import type { Proving, WantedRun } from "./wanted-run.ts";

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
