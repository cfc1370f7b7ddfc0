import * as z from "zod";

/** What is compared: memory peak in bytes; CPU seconds of this machine in a steady second; p95 and p99 in device cores; start-up in seconds. */
export const figureNames = [
  "memoryPeakBytes",
  "cpuSecondsPerSecond",
  "cpuP95Cores",
  "cpuP99Cores",
  "startupSeconds",
] as const;
export const figureNameSchema = z.enum(figureNames);
export type FigureName = z.infer<typeof figureNameSchema>;

/** `not-shown`: nothing proves a difference; that is not the same as "equal". */
export const changeSchema = z.enum(["worse", "better", "not-shown", "not-comparable"]);
export type Change = z.infer<typeof changeSchema>;

const sideValuesSchema = z.object({
  /** One for each run that measured it. */
  values: z.array(z.number()),
  median: z.number().nullable(),
});

/** One figure of the stack or of a service on both sides. */
export const comparedFigureSchema = z.object({
  figure: figureNameSchema,
  a: sideValuesSchema,
  b: sideValuesSchema,
  /** The median of all differences of a run of B and one of A, with its bound of 95 %; `relative` is to A's median. */
  difference: z
    .object({
      value: z.number(),
      low: z.number().nullable(),
      high: z.number().nullable(),
      relative: z.number().nullable(),
    })
    .nullable(),
  /** Two-sided, exact; null when it was not tested. */
  pValue: z.number().nullable(),
  /** The same for being one of several, by which `change` goes. */
  adjustedPValue: z.number().nullable(),
  change: changeSchema,
  /** Why it is `not-comparable` or `not-shown`; empty otherwise. */
  reason: z.string(),
});
export type ComparedFigure = z.infer<typeof comparedFigureSchema>;

/** What was not the same on both sides. */
export const conditionDifferenceSchema = z.object({
  /** `machine`, `memory limit`, `duration`, … */
  what: z.string(),
  a: z.string(),
  b: z.string(),
  /** The figures that cannot be compared for it. */
  affects: z.array(figureNameSchema),
});
export type ConditionDifference = z.infer<typeof conditionDifferenceSchema>;

export const comparedTargetSchema = z.object({
  label: z.string(),
  name: z.string(),
  differences: z.array(conditionDifferenceSchema),
  stack: z.array(comparedFigureSchema),
  services: z.array(
    z.object({
      name: z.string(),
      /** The side that alone has it. */
      onlyIn: z.enum(["a", "b"]).nullable(),
      figures: z.array(comparedFigureSchema),
    }),
  ),
  change: changeSchema,
});
export type ComparedTarget = z.infer<typeof comparedTargetSchema>;

export const comparedSideSchema = z.object({
  /** As it was asked for: a run, a series, several runs, a baseline. */
  name: z.string(),
  stackName: z.string(),
  runIds: z.array(z.string()).min(1),
  startedAtMs: z.number(),
});
export type ComparedSide = z.infer<typeof comparedSideSchema>;

/** Two sides of runs, figure by figure, for every target that both have. */
export const comparisonSchema = z.object({
  schemaVersion: z.literal(1),
  a: comparedSideSchema,
  b: comparedSideSchema,
  targets: z.array(comparedTargetSchema).min(1),
  /** `worse` when anything is. */
  change: changeSchema,
});
export type Comparison = z.infer<typeof comparisonSchema>;

/** One side as it is asked for: ids of runs and of series, or a baseline by its name or its file. */
export const sideRequestSchema = z.union([
  z.object({ names: z.array(z.string().min(1).max(64)).min(1).max(50) }),
  z.object({ baseline: z.string().min(1).max(4096) }),
]);
export type SideRequest = z.infer<typeof sideRequestSchema>;
