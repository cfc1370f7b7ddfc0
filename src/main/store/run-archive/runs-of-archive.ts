import type { ComparableRun, TargetObservation } from "../../../shared/domain/index.ts";
import { readArchive } from "./read-archive.ts";

interface Reading {
  record: ComparableRun["record"];
  result: ComparableRun["result"];
  observations: (Omit<TargetObservation, "windows"> & { windows: TargetObservation["windows"][number][] })[];
}

/** The runs of a file as a comparison looks at them, without taking them in. Throws what reading the file throws. */
export async function runsOfArchive(file: string): Promise<ComparableRun[]> {
  const runs: Reading[] = [];
  for await (const line of readArchive(file)) {
    const last = runs.at(-1);
    if ("run" in line) runs.push({ ...line.run, observations: [] });
    else if ("observation" in line) last?.observations.push({ ...line.observation, windows: [] });
    else if ("window" in line) last?.observations.at(-1)?.windows.push(line.window);
  }
  return runs;
}
