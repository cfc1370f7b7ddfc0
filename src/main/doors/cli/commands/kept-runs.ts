import { resolve } from "node:path";
import { countText } from "../../../../shared/format/index.ts";
import type { Context } from "../context.ts";
import { formatTable } from "../table.ts";

/** Writes runs into one file. */
export async function exportRuns({ client, output }: Context, names: string[], file: string): Promise<number> {
  const written = await client.runs.exportFile({ names, file: resolve(file) });
  output.value(written);
  output.text(`Wrote ${countText(written.runIds.length, "run")} to ${written.file}.`);
  return 0;
}

/** Takes in the runs of a file. */
export async function importRuns({ client, output }: Context, file: string): Promise<number> {
  const { imported, already } = await client.runs.importFile({ file: resolve(file) });
  output.value({ imported, already });
  output.text(
    [
      imported.length === 0 ? "Nothing was imported." : `Imported ${imported.join(", ")}.`,
      ...(already.length === 0 ? [] : [`Here already: ${already.join(", ")}.`]),
    ].join("\n"),
  );
  return 0;
}

/** Gives runs a name to be compared with. */
export async function setBaseline({ client, output }: Context, name: string, names: string[]): Promise<number> {
  const baseline = await client.runs.setBaseline({ name, names });
  output.value(baseline);
  output.text(`${name} is ${countText(baseline.runIds.length, "run")} of ${baseline.stackName}.`);
  return 0;
}

/** The baselines that are set. */
export async function listBaselines({ client, output }: Context): Promise<number> {
  const baselines = await client.runs.baselines();
  output.value({ baselines });
  output.text(
    baselines.length === 0
      ? "No baselines yet. `bayplan baseline set NAME RUN` sets one."
      : formatTable(baselines, [
          { head: "BASELINE", value: ({ name }) => name },
          { head: "STACK", value: ({ stackName }) => stackName },
          { head: "SET", value: ({ setAtMs }) => new Date(setAtMs).toISOString().slice(0, 16).replace("T", " ") },
          { head: "RUNS", value: ({ runIds }) => runIds.join(", ") },
        ]),
  );
  return 0;
}

/** Forgets a baseline; its runs stay. */
export async function removeBaseline({ client, output }: Context, name: string): Promise<number> {
  await client.runs.removeBaseline({ name });
  output.value({ removed: name });
  output.text(`Removed ${name}. Its runs are still there.`);
  return 0;
}
