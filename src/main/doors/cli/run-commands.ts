import type { Command } from "commander";
import type { RunReportFormat } from "../../../shared/domain/index.ts";
import { showAccuracy } from "./commands/accuracy.ts";
import { advise } from "./commands/advise.ts";
import { showFit } from "./commands/fit.ts";
import { exportRuns, importRuns } from "./commands/kept-runs.ts";
import { prove } from "./commands/prove.ts";
import { listRuns, removeRuns, showRun } from "./commands/runs.ts";
import { addCompareCommands, namesOf } from "./compare-command.ts";
import type { Context } from "./context.ts";
import { collect, count } from "./option-values.ts";
import { runReportOption } from "./run-reports.ts";
import { addSpeedCommands } from "./speed-commands.ts";
import { type TargetFlags, targetsOf } from "./targets.ts";

type RunAction = (action: (context: Context) => Promise<number>) => Promise<void>;

/** The commands about runs that were measured. */
export function addRunCommands(program: Command, { alone, withDevices }: Record<"alone" | "withDevices", RunAction>) {
  addSpeedCommands(program, { alone, withDevices });
  const runs = program.command("runs").description("the runs that are kept");
  runs
    .command("list", { isDefault: true })
    .description("list them, newest first")
    .option("--stack <name>", "only those of this stack")
    .option("--limit <count>", "only so many of the newest", count)
    .action((filter: { stack?: string; limit?: number }) => alone((context) => listRuns(context, filter)));
  runs
    .command("remove <runs...>")
    .description("remove runs for good")
    .action((ids: string[]) => alone((context) => removeRuns(context, ids)));
  runs
    .command("export <run> <file>")
    .description("write a run, a series or several runs (A1,A2,…) into one file")
    .action((run: string, file: string) => alone((context) => exportRuns(context, namesOf(run), file)));
  runs
    .command("import <file>")
    .description("take in the runs of a file that runs export wrote")
    .action((file: string) => alone((context) => importRuns(context, file)));
  runs
    .command("show <run>")
    .description("one run with its verdict")
    .addOption(runReportOption())
    .action((id: string, { format }: { format: RunReportFormat | "text" }) =>
      alone((context) => showRun(context, { id, format })),
    );

  runs
    .command("accuracy <run> <device-run>")
    .description("what a run here said of a device, beside what a run on it (profile --on) measured")
    .action((predicted: string, measured: string) =>
      alone((context) => showAccuracy(context, { predicted, measured })),
    );

  addCompareCommands(program, alone);
  program
    .command("advise <run>")
    .description("what the advice of a run changes in the stack's file: limits, restart policy")
    .option("--device <label>", "the target whose advice it is; the first one unless given")
    .option("--write", "write it, comments and the rest stay as they are")
    .action((id: string, { device, write }: { device?: string; write?: boolean }) =>
      alone((context) => advise(context, { id, device: device ?? null, write: write ?? false })),
    );

  program
    .command("prove <run>")
    .description("run the stack again under the limits that a run advised: 0 proven, 1 not, 5 could not be told")
    .option("--device <label>", "the target whose limits they are; the first one unless given")
    .action((id: string, { device }: { device?: string }) =>
      withDevices((context) => prove(context, { id, device: device ?? null })),
    );

  program
    .command("fit <run>")
    .description("what one run says about every model of the catalogue, without measuring again")
    .option("--device <name>", "only a model or a known device; may be given again", collect, [])
    .option("--budget <figures>", "only a budget of your own: memory=256MiB,cpus=0.5", collect, [])
    .action((id: string, flags: TargetFlags) => {
      const targets = targetsOf(flags);
      return (flags.device.length > 0 ? withDevices : alone)((context) => showFit(context, { id, targets }));
    });
}
