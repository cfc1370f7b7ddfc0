import * as z from "zod";
import { failureSchema } from "../app-error.ts";
import { type RunRecord, runRecordSchema } from "../run.ts";
import { answerSchema, type ProfileResult, type TargetResult, worstAnswer } from "../verdict.ts";
import { seriesIdSchema } from "./place.ts";
import { spreadOf, spreadSchema } from "./spread.ts";

/** What the runs of one request say together: the worst answer, and how far their figures are apart. */
export const seriesResultSchema = z.object({
  id: seriesIdSchema,
  /** How many runs were asked for; fewer are in `runIds` when the series was cancelled or one failed. */
  wanted: z.int().positive(),
  /** The runs that have a result, in their order. */
  runIds: z.array(z.string()).min(1),
  /** The first run with the worst answer: what is printed of the series besides is its. */
  worstRunId: z.string(),
  verdict: answerSchema,
  targets: z.array(
    z.object({
      label: z.string(),
      verdict: answerSchema,
      /** One for each run. */
      answers: z.array(answerSchema),
      memoryPeakBytes: spreadSchema.nullable(),
      /** Device cores. */
      cpuP95Cores: spreadSchema.nullable(),
      startupSeconds: spreadSchema.nullable(),
    }),
  ),
});
export type SeriesResult = z.infer<typeof seriesResultSchema>;

/** What a watcher of a series gets: each run as it starts, then the end. `failure` is why it ended early. */
export const seriesUpdateSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("run"), record: runRecordSchema }),
  z.object({
    kind: z.literal("ended"),
    series: seriesResultSchema.nullable(),
    failure: failureSchema.nullable(),
  }),
]);
export type SeriesUpdate = z.infer<typeof seriesUpdateSchema>;

interface RunOfSeries {
  record: RunRecord;
  result: ProfileResult;
}

/** Sums up the runs of one series that have a result, whatever their order. Null when there is none. */
export function seriesResult(runs: readonly RunOfSeries[]): SeriesResult | null {
  const ordered = [...runs].sort((a, b) => (a.record.series?.index ?? 0) - (b.record.series?.index ?? 0));
  const verdict = worstAnswer(ordered.map(({ result }) => result.verdict));
  const worst = ordered.find(({ result }) => result.verdict === verdict);
  const place = worst?.record.series ?? null;
  if (worst === undefined || place === null) return null;
  return {
    id: place.id,
    wanted: place.of,
    runIds: ordered.map(({ record }) => record.id),
    worstRunId: worst.record.id,
    verdict,
    targets: worst.result.targets.map(({ device }, index) =>
      targetOf(
        device.label,
        ordered.flatMap(({ result }) => result.targets[index] ?? []),
      ),
    ),
  };
}

function targetOf(label: string, results: readonly TargetResult[]): SeriesResult["targets"][number] {
  const answers = results.map(({ verdict }) => verdict);
  return {
    label,
    verdict: worstAnswer(answers),
    answers,
    memoryPeakBytes: spreadOf(results.map(({ stack }) => stack.memoryPeakBytes)),
    cpuP95Cores: spreadOf(results.map(({ stack }) => stack.deviceCpuCores?.p95 ?? null)),
    startupSeconds: spreadOf(results.map(({ stack }) => stack.startupSeconds)),
  };
}
