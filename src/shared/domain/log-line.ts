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

/**
 * How far the rows of some logs reach that are watched as one list, by time. Rows are counted from 0 on: those from
 * `first` to before `end` are kept. A line that comes late is put in its place, so that rows behind it move.
 */
export const logExtentSchema = z.object({
  /** What `page` and `search` are asked for, for as long as this is watched. */
  viewId: z.string(),
  first: z.int().nonnegative(),
  end: z.int().nonnegative(),
  /** Rows before this one are as they were when the extent before this was told. */
  unchangedTo: z.int().nonnegative(),
  /** The containers that do not run, and of which all that they printed is here. */
  ended: z.array(z.string()),
  /** Lines that this machine's disk has not taken, since it last took some. */
  notKept: z.int().nonnegative(),
});
export type LogExtent = z.infer<typeof logExtentSchema>;

/** One row: a line of a container, or what happened between lines. */
export const logRowSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("line"), row: z.int().nonnegative(), line: logLineSchema }),
  z.object({ kind: z.literal("mark"), row: z.int().nonnegative(), mark: logMarkSchema }),
]);
export type LogRow = z.infer<typeof logRowSchema>;

/** Some rows, and how far all of them reached when they were read. */
export const logPageSchema = z.object({
  first: z.int().nonnegative(),
  end: z.int().nonnegative(),
  rows: z.array(logRowSchema),
});
export type LogPage = z.infer<typeof logPageSchema>;

/** Rows that match, ascending, and how far everything was searched: up to before `searchedTo`. */
export const logHitsSchema = z.object({
  rows: z.array(z.int().nonnegative()),
  searchedTo: z.int().nonnegative(),
});
export type LogHits = z.infer<typeof logHitsSchema>;
