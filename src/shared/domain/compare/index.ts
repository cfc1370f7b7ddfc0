export {
  type Baseline,
  type BaselineGate,
  baselineNameSchema,
  baselineSchema,
  defaultOverBaseline,
  isBaselineFile,
  judgeAgainstBaseline,
} from "./baseline.ts";
export { type ComparisonSide, compareRuns, significance } from "./compare.ts";
export {
  type Change,
  type ComparedFigure,
  type ComparedSide,
  type ComparedTarget,
  type Comparison,
  type ConditionDifference,
  changeSchema,
  comparisonSchema,
  type FigureName,
  figureNameSchema,
  figureNames,
  type SideRequest,
  sideRequestSchema,
} from "./comparison.ts";
export { holm, leastRepeats, medianShift, permutationPValue, type Shift } from "./rank-test.ts";
export type { ComparableRun } from "./run-figures.ts";
