import type { Answer, SeriesResult, Spread } from "../domain/index.ts";
import { bytesText } from "./bytes.ts";
import { coresText } from "./cores.ts";
import { answerWord, countText } from "./words.ts";

/** One figure of one target over the runs of a series, as texts. */
export interface SeriesRow {
  target: string;
  figure: string;
  min: string;
  median: string;
  max: string;
  /** (max - min) / median. */
  relative: string;
}

/** The spread of each figure that was measured. */
export function seriesRows({ targets }: SeriesResult): SeriesRow[] {
  return targets.flatMap(({ label, memoryPeakBytes, cpuP95Cores, startupSeconds }) => [
    ...row(label, "memory peak", memoryPeakBytes, bytesText),
    ...row(label, "CPU p95", cpuP95Cores, (cores) => coresText(cores, 3)),
    ...row(label, "start-up", startupSeconds, (seconds) => `${seconds.toFixed(1)} s`),
  ]);
}

function row(target: string, figure: string, spread: Spread | null, text: (value: number) => string): SeriesRow[] {
  if (spread === null) return [];
  const { min, median, max, relative } = spread;
  return [
    {
      target,
      figure,
      min: text(min),
      median: text(median),
      max: text(max),
      relative: relative === null ? "-" : `${(relative * 100).toFixed(1)} %`,
    },
  ];
}

const worstFirst: readonly Answer[] = ["does-not-fit", "unknown", "tight", "fits"];

/** `5 of 5 runs, answers: tight 1, fits 4. The worst counts.` */
export function seriesSentence({ wanted, runIds, targets }: SeriesResult): string {
  const answers = targets.flatMap((target) => target.answers);
  const counts = worstFirst.flatMap((answer) => {
    const count = answers.filter((one) => one === answer).length;
    return count === 0 ? [] : [`${answerWord(answer).toLowerCase()} ${count}`];
  });
  return `${runIds.length} of ${countText(wanted, "run")}, answers: ${counts.join(", ")}. The worst counts.`;
}
