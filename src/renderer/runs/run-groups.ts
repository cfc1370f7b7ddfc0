import { type Answer, type RunSummary, worstAnswer } from "../../shared/domain/index.ts";

/** A row of the history: a run, or all runs of a series. */
export interface RunGroup {
  /** The id of the run or of the series: what is compared, exported and made a baseline of. */
  name: string;
  /** The first of its runs is the newest. */
  runs: readonly RunSummary[];
  series: boolean;
  /** Null while there is none. */
  verdict: Answer | null;
}

/** Runs as rows, newest first: those of a series together, where its newest stands. */
export function groupRuns(runs: readonly RunSummary[]): RunGroup[] {
  const groups = new Map<string, RunSummary[]>();
  for (const run of runs) {
    const name = run.series?.id ?? run.id;
    groups.set(name, [...(groups.get(name) ?? []), run]);
  }
  return [...groups].map(([name, own]) => {
    const answers = own.flatMap(({ verdict }) => verdict ?? []);
    return {
      name,
      runs: own,
      series: own.some(({ series }) => series !== null),
      verdict: answers.length === 0 ? null : worstAnswer(answers),
    };
  });
}

/** Those whose stack, target, id or answer has all words of a filter. */
export function filterGroups(groups: readonly RunGroup[], filter: string): RunGroup[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  return groups.filter(({ name, runs, verdict }) => {
    const text = [name, verdict ?? "", ...runs.flatMap(textOf)].join(" ").toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

function textOf({ id, stackName, targets, status, origin }: RunSummary): string[] {
  return [id, stackName, status, origin?.hostName ?? "", ...targets.flatMap(({ label, name }) => [label, name])];
}

/** True when there is a finished run to compare, export or make a baseline of. */
export function isFinished({ runs }: RunGroup): boolean {
  return runs.some(({ status }) => status === "finished");
}
