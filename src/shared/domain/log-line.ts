import * as z from "zod";

export const logLineSchema = z.object({
  atMs: z.number(),
  containerId: z.string(),
  stream: z.enum(["stdout", "stderr"]),
  text: z.string(),
});
export type LogLine = z.infer<typeof logLineSchema>;

/**
 * What happened to a followed log between its lines. `interrupted` and `resumed`: the device went away and came back;
 * `replaced`: the service has a new container; `gap`: lines are missing; `unreadable`: the engine gives no log.
 */
export const logMarkSchema = z.object({
  atMs: z.number(),
  kind: z.enum(["interrupted", "resumed", "replaced", "gap", "unreadable"]),
  /** The container that it is about, the new one of `replaced`; null: all that are followed. */
  containerId: z.string().nullable(),
  /** With `replaced`: the container that was there before. */
  replaces: z.string().optional(),
  /** How many lines are missing here; 0: none, null: some may be, and nobody can tell how many. */
  missing: z.int().nonnegative().nullable(),
  text: z.string(),
});
export type LogMark = z.infer<typeof logMarkSchema>;

/** Lines as they travel: a few at a time, with what had to be left out counted and said. */
export const logBatchSchema = z.object({
  lines: z.array(logLineSchema),
  /** Lines that were skipped before these because the reader was too slow. */
  skipped: z.int().nonnegative(),
  /** What happened before these lines. */
  marks: z.array(logMarkSchema).optional(),
  /** Sources that ended since the batch before (the container stopped). */
  ended: z.array(z.string()),
});
export type LogBatch = z.infer<typeof logBatchSchema>;

/** A line with its place in what is kept of its source. Lines are counted from 0 on and keep their number. */
export const placedLogLineSchema = logLineSchema.extend({ line: z.int().nonnegative() });
export type PlacedLogLine = z.infer<typeof placedLogLineSchema>;

/** Some lines of one source by their place. `first` and `end` say what is kept: from `first` to before `end`. */
export const logPageSchema = z.object({
  first: z.int().nonnegative(),
  end: z.int().nonnegative(),
  lines: z.array(placedLogLineSchema),
  marks: z.array(logMarkSchema.extend({ line: z.int().nonnegative() })),
});
export type LogPage = z.infer<typeof logPageSchema>;

export const logSearchResultSchema = z.object({
  lines: z.array(placedLogLineSchema),
  /** Where to search on; null when all was searched. */
  next: z.int().nonnegative().nullable(),
});
export type LogSearchResult = z.infer<typeof logSearchResultSchema>;
