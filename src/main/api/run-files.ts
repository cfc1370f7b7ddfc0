import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AppError, type RunId } from "../../shared/domain/index.ts";
import { exportRuns, type RunStore } from "../store/index.ts";
import { idsOfNames } from "./kept-runs.ts";

/** What a face is sent at once. */
const mostBytes = 32 * 1024 ** 2;

/** Writes the runs that names mean into one file. Throws as `idsOfNames` and `exportRuns` do. */
export async function exportToFile(
  store: RunStore,
  { names, file }: { names: readonly string[]; file: string },
): Promise<{ file: string; runIds: RunId[] }> {
  const runIds = await idsOfNames(store, names);
  await exportRuns(store, runIds, file);
  return { file, runIds };
}

/** The same as bytes with a name for them. @throws AppError `unsupported` for more than a face is sent at once */
export async function exportToBytes(
  store: RunStore,
  names: readonly string[],
): Promise<{ name: string; base64: string }> {
  const runIds = await idsOfNames(store, names);
  const folder = await mkdtemp(join(tmpdir(), "bayplan-export-"));
  try {
    const file = join(folder, "runs.bayplan");
    await exportRuns(store, runIds, file);
    const bytes = await readFile(file);
    if (bytes.length > mostBytes) {
      throw new AppError("unsupported", "These runs are more than 32 MiB.", {
        hint: `Export them on the command line: bayplan runs export ${names.join(",")} FILE`,
      });
    }
    const stack = (await store.outcome(requireFirst(runIds))).record.stackName.replaceAll(/[^\w.-]+/g, "-");
    return { name: `${stack}-${names[0]}.bayplan`, base64: bytes.toString("base64") };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function requireFirst(ids: readonly RunId[]): RunId {
  const [first] = ids;
  if (first === undefined) throw new AppError("not-found", "There are no runs to export.");
  return first;
}
