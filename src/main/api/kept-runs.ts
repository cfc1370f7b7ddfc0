import {
  AppError,
  type Baseline,
  type ComparableRun,
  isBaselineFile,
  type RunId,
  type SideRequest,
} from "../../shared/domain/index.ts";
import { type BaselineStore, type RunStore, runsOfArchive } from "../store/index.ts";

/** What is kept of runs. */
export interface KeptRuns {
  store: RunStore;
  baselines: BaselineStore;
}

/** More on one side prove nothing more. */
const maxRuns = 50;

/** The runs of a side. Throws what finding and reading them throws. */
export async function runsOfSide(kept: KeptRuns, side: SideRequest): Promise<ComparableRun[]> {
  if ("baseline" in side) return runsOfBaseline(kept, side.baseline);
  return comparableRuns(kept.store, await idsOfNames(kept.store, side.names));
}

/** The runs of a baseline, by its name or by its file. @throws AppError `not-found`, `bad-input` */
export async function runsOfBaseline({ store, baselines }: KeptRuns, text: string): Promise<ComparableRun[]> {
  if (isBaselineFile(text)) return runsOfArchive(text);
  return comparableRuns(store, (await baselines.get(text)).runIds);
}

/** The runs that names mean together, each once. @throws AppError `not-found`, `bad-input` for too many */
export async function idsOfNames(store: RunStore, names: readonly string[]): Promise<RunId[]> {
  const kept = await store.summaries();
  const ids = names.flatMap((name) => {
    const run = kept.find(({ id }) => id === name);
    if (run !== undefined) return [run.id];
    const ofSeries = kept.filter(({ series, status }) => series?.id === name && status === "finished");
    if (ofSeries.length > 0) return ofSeries.map(({ id }) => id).reverse();
    throw new AppError("not-found", `There is no run and no series ${name}.`, {
      hint: "`bayplan runs` lists the runs kept here, each with its series.",
    });
  });
  const each = [...new Set(ids)];
  if (each.length > maxRuns) throw new AppError("bad-input", `These are more than ${maxRuns} runs.`);
  return each;
}

/** Gives finished runs a name to be compared with. @throws AppError as `runsOfSide` does */
export async function setBaseline(
  { store, baselines }: KeptRuns,
  name: string,
  names: readonly string[],
): Promise<Baseline> {
  const runs = await comparableRuns(store, await idsOfNames(store, names));
  const [first] = runs;
  if (first === undefined) throw new AppError("not-found", "There are no runs to make a baseline of.");
  const runIds = runs.map(({ record }) => record.id);
  const baseline = { name, runIds, stackName: first.record.stackName, setAtMs: Date.now() };
  await baselines.set(baseline);
  return baseline;
}

/** Removes a run for good. @throws AppError `conflict` while it is measured or part of a baseline, `not-found` */
export async function removeRun({ store, baselines }: KeptRuns, id: RunId): Promise<void> {
  const baseline = (await baselines.list()).find(({ runIds }) => runIds.includes(id));
  if (baseline !== undefined) {
    throw new AppError("conflict", `The run ${id} is part of the baseline ${baseline.name}.`, {
      hint: `When both may go: bayplan baseline remove ${baseline.name}.`,
    });
  }
  await store.remove(id);
}

async function comparableRuns(store: RunStore, ids: readonly RunId[]): Promise<ComparableRun[]> {
  return Promise.all(
    ids.map(async (id) => {
      const { record, result } = await store.outcome(id);
      if (result === null) {
        throw new AppError("unsupported", `The run ${id} has no result to compare: it is ${record.status}.`, {
          hint: "Choose finished runs of `bayplan runs`.",
        });
      }
      return { record, result, observations: await store.observations(id) };
    }),
  );
}
