import { type Command, Option } from "commander";
import {
  AppError,
  type AskedLoad,
  type CheckTarget,
  checkTargets,
  type ExportFormat,
  exportFormatSchema,
} from "../../../shared/domain/index.ts";
import { check, type ReportFormat, reportFormats } from "./commands/check.ts";
import { profile } from "./commands/profile.ts";
import { config, down, exportTo, up } from "./commands/stacks.ts";
import type { Context } from "./context.ts";
import { parseLoad } from "./load-option.ts";
import { collect, duration, repeats } from "./option-values.ts";
import { type ProfileFlags, parseReportFile, runReportOption } from "./run-reports.ts";
import { chosenStack, type StackFlags, takesAnyStack, takesStack } from "./stack-options.ts";
import { targetsOf } from "./targets.ts";

type Run = (action: (context: Context) => Promise<number>) => Promise<void>;

interface CheckFlags extends StackFlags {
  target?: CheckTarget;
  device?: string;
  fix?: boolean;
  dryRun?: boolean;
  scan?: boolean;
  format: ReportFormat;
}

interface UpFlags extends StackFlags {
  on?: string;
  acceptLosses?: boolean;
  desktop?: boolean;
  removeOrphans?: boolean;
  platform?: string;
}

/** The commands that read a stack, run it and measure it. */
export function addStackCommands(program: Command, { alone, withDevices }: { alone: Run; withDevices: Run }): void {
  const stack = program.command("stack").description("read stack files");
  takesStack(stack.command("config"))
    .description("print what compose files say together, as docker compose config does")
    .addOption(new Option("--format <format>", "how to print it").choices(["yaml", "json"]).default("yaml"))
    .action((files: string[], { format, ...flags }: StackFlags & { format: "json" | "yaml" }) =>
      alone((context) => config(context, { ...chosenStack(files, flags), format })),
    );
  takesAnyStack(stack.command("export"))
    .description("print a stack in another format, and say what that cannot express")
    .addOption(
      new Option("--to <format>", "the format to print").choices(exportFormatSchema.options).makeOptionMandatory(),
    )
    .option("-o, --output <folder>", "write the files into this folder instead")
    .action((files: string[], { to, output, ...flags }: StackFlags & { to: ExportFormat; output?: string }) =>
      alone((context) => exportTo(context, { stack: chosenStack(files, flags), to, folder: output ?? null })),
    );

  takesAnyStack(program.command("check"))
    .description("say what of a stack will bite on a device, before anything runs")
    .addOption(
      new Option("--target <system>", "the system it is for; that of its format unless given").choices(checkTargets),
    )
    .option("--device <name>", "a model of the catalogue or a known device, whose memory and CPUs must do")
    .option("--fix", "mend what needs no decision, and show the change")
    .option("--dry-run", "with --fix: show the change and write nothing")
    .option("--scan", "ask trivy or grype about the images, whichever is installed")
    .addOption(new Option("--format <format>", "how to print it").choices(reportFormats).default("text"))
    .action((files: string[], { target, device, fix, dryRun, scan = false, format, ...flags }: CheckFlags) => {
      if (dryRun && !fix) {
        throw new AppError("bad-input", "--dry-run says how to mend, and nothing is mended without --fix.", {
          hint: "Write: bayplan check FILE --fix --dry-run",
        });
      }
      const how = fix ? (dryRun ? "show" : "write") : "no";
      const chosen = chosenStack(files, flags);
      const request = {
        stack: chosen,
        target: target ?? null,
        device: device ?? null,
        fix: how,
        scan,
        format,
      } as const;
      return alone((context) => check(context, request));
    });

  takesAnyStack(program.command("up"))
    .description("start a stack and leave it running")
    .option("--on <device>", "on a device instead of this machine")
    .option("--accept-losses", "run it without what the engine has no word for (Kanto)")
    .option("--remove-orphans", "remove containers of services that the file does not have any more")
    .option("--platform <platform>", "what services that say none are for: linux/arm64")
    .addOption(desktopOption())
    .action((files: string[], given: UpFlags) => {
      const { on, acceptLosses = false, desktop = false, removeOrphans = false, platform = null, ...flags } = given;
      if (desktop && on !== undefined) {
        throw new AppError("bad-input", "--desktop gives the display of this machine, and --on runs it on another.", {
          hint: "Leave one of them out.",
        });
      }
      const wishes = { acceptLosses, desktop, removeOrphans, platform };
      const request = { stack: chosenStack(files, flags), on: on ?? null, ...wishes };
      return (on === undefined ? alone : withDevices)((context) => up(context, request));
    });
  takesAnyStack(program.command("down"))
    .description("remove a stack")
    .option("--on <device>", "from a device instead of this machine")
    .option("--volumes", "remove its volumes and what is in them, too")
    .action((files: string[], { on, volumes, ...flags }: StackFlags & { on?: string; volumes?: boolean }) => {
      const request = { stack: chosenStack(files, flags), on: on ?? null, volumes: volumes ?? false };
      return (on === undefined ? alone : withDevices)((context) => down(context, request));
    });
  takesAnyStack(program.command("profile"))
    .description("run a stack inside a device's budget and give a verdict; all of it can stand in bayplan.yaml")
    .option("--device <name>", "a model of the catalogue or a known device; may be given again", collect, [])
    .option("--budget <figures>", "a budget of your own: memory=256MiB,cpus=0.5,storage=4GiB", collect, [])
    .option("--on <device>", "run it on that device itself and judge it against what that has")
    .option("--beside", "with --on: also where the same stack is up already, beside it")
    .option("--duration <time>", "how long to measure, from healthy; 2m unless told", duration)
    .option("--warm-up <time>", "left out of the measurement, after healthy; 10s unless told", duration)
    .option("--repeat <runs>", "measure so many times; the worst answer counts, the spread is printed", repeats)
    .addOption(
      new Option("--fail-on <answer>", "what makes the exit code 1; does-not-fit unless told").choices([
        "does-not-fit",
        "tight",
      ]),
    )
    .option<AskedLoad[]>(
      "--load <load>",
      "http://SERVICE:PORT/PATH,rate=50, mqtt://SERVICE:PORT/TOPIC,rate=50, command=SERVICE:WORDS, script=WORDS; may be given again",
      (text, before) => [...before, parseLoad(text)],
      [],
    )
    .option("--prove", "run it again under the limits that come out of it")
    .addOption(desktopOption())
    .addOption(runReportOption())
    .option("--report <format=file>", "also write a report: junit=out.xml; may be given again", collect, [])
    .action((files: string[], flags: StackFlags & ProfileFlags) => {
      const there = onDevice(flags);
      const request = {
        stack: chosenStack(files, flags),
        targets: targetsOf(flags),
        ...there,
        durationMs: flags.duration ?? null,
        warmUpMs: flags.warmUp ?? null,
        failOn: flags.failOn ?? null,
        format: flags.format,
        reports: flags.report.map(parseReportFile),
        desktop: flags.desktop ?? false,
        repeat: flags.repeat ?? null,
        load: flags.load,
        prove: flags.prove ?? false,
      };
      return withDevices((context) => profile(context, request));
    });
}

/** A device is its own and only target, and has a display of its own. */
function onDevice({ on, beside = false, device, budget, desktop }: ProfileFlags): {
  on: string | null;
  beside: boolean;
} {
  const wrong =
    on === undefined
      ? beside && "--beside says how to measure on a device, and --on names none."
      : ((device.length > 0 || budget.length > 0) && "--on judges against that device alone.") ||
        (desktop && "--desktop gives the display of this machine, and --on runs it on another.");
  if (wrong) throw new AppError("bad-input", wrong, { hint: "Write: bayplan profile FILE --on DEVICE" });
  return { on: on ?? null, beside };
}

function desktopOption(): Option {
  return new Option("--desktop", "give this machine's display to services that ask for one; none gets it unless given");
}
