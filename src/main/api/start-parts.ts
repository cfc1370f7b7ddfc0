import type { Budget, Gates, OpenedStack, Rules, SeriesPlace } from "../../shared/domain/index.ts";

/** What a run is started with, once its stack and its budgets have been read. */
export interface StartParts {
  opened: OpenedStack;
  budgets: Budget[];
  series: SeriesPlace | null;
  rules: Rules;
  gates: Gates;
}
