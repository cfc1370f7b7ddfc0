import type {
  BaselineGate,
  Budget,
  Gates,
  OpenedStack,
  ProfileResult,
  Rules,
  SeriesPlace,
  Stack,
} from "../../shared/domain/index.ts";
import type { ProfileRequest } from "../profiling/index.ts";
import type { RunWriter } from "../store/index.ts";

/** What a team asks of a run, as its `bayplan.yaml` says. */
interface AskedOfRun {
  rules: Rules;
  gates: Gates;
  /** The baseline that it is held against; null for none. */
  gate: BaselineGate | null;
}

/** What a run is started with, once its stack and its budgets have been read. */
export interface StartParts extends AskedOfRun {
  opened: OpenedStack;
  budgets: Budget[];
  series: SeriesPlace | null;
}

/** What it is measured with. */
export interface MeasureParts extends AskedOfRun {
  stack: Stack;
  budgets: Budget[];
  /** Runs it, on this machine's engine or on a device. */
  profile: (asked: Omit<ProfileRequest, "engine">) => Promise<ProfileResult>;
  writer: RunWriter;
}
