import { resolve } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import { AppError, baselineNameSchema, isBaselineFile, type SideRequest } from "../../../shared/domain/index.ts";
import { compare, compareFormats } from "./commands/compare.ts";
import { listBaselines, removeBaseline, setBaseline } from "./commands/kept-runs.ts";
import type { Context } from "./context.ts";

interface CompareFlags {
  baseline?: string;
  format: (typeof compareFormats)[number];
  failOn?: "worse";
}

type Alone = (action: (context: Context) => Promise<number>) => Promise<void>;

/** `bayplan compare A B` and `bayplan baseline …`. */
export function addCompareCommands(program: Command, alone: Alone) {
  program
    .command("compare")
    .description("what changed between two sides: runs, series, or several runs as A1,A2,…")
    .argument("<sides...>", "what to compare with, and what may have got worse; with --baseline the second alone")
    .option("--baseline <name>", "compare with a baseline: its name, or a file that runs export wrote")
    .addOption(new Option("--format <format>", "how to print it").choices(compareFormats).default("text"))
    .addOption(new Option("--fail-on <change>", "exit with 1 when something got worse for certain").choices(["worse"]))
    .action((sides: string[], { baseline, format, failOn }: CompareFlags) => {
      const [a, b] = sidesOf(sides, baseline);
      return alone((context) => compare(context, { a, b, format, failOnWorse: failOn === "worse" }));
    });

  const baseline = program.command("baseline").description("runs that others are compared with");
  baseline
    .command("list", { isDefault: true })
    .description("list them")
    .action(() => alone(listBaselines));
  baseline
    .command("set")
    .description("give a run, a series or several runs (A1,A2,…) a name")
    .argument("<name>", "letters, digits, dots, hyphens and underscores", baselineName)
    .argument("<run>")
    .action((name: string, run: string) => alone((context) => setBaseline(context, name, namesOf(run))));
  baseline
    .command("remove")
    .description("forget one; its runs stay")
    .argument("<name>", "", baselineName)
    .action((name: string) => alone((context) => removeBaseline(context, name)));
}

function sidesOf(sides: readonly string[], baseline: string | undefined): [SideRequest, SideRequest] {
  const [first, second, ...more] = sides;
  if (baseline !== undefined && first !== undefined && second === undefined) {
    return [{ baseline: isBaselineFile(baseline) ? resolve(baseline) : baseline }, { names: namesOf(first) }];
  }
  if (baseline === undefined && first !== undefined && second !== undefined && more.length === 0) {
    return [{ names: namesOf(first) }, { names: namesOf(second) }];
  }
  throw new AppError("bad-input", "Two sides are compared.", {
    hint: "Write: bayplan compare A B, or bayplan compare --baseline NAME B. Several runs of a side have commas: A1,A2,A3.",
  });
}

/** Ids with commas between them. @throws AppError `not-found` for what can be none */
export function namesOf(text: string): string[] {
  const names = text.split(",").map((name) => name.trim());
  if (names.every((name) => /^[0-9A-Za-z-]{1,64}$/.test(name))) return names;
  throw new AppError("not-found", `There is no run and no series ${text}.`, {
    hint: "`bayplan runs` lists the runs kept here. Several are written with commas: A1,A2,A3.",
  });
}

function baselineName(text: string): string {
  const parsed = baselineNameSchema.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new InvalidArgumentError(parsed.error.issues[0]?.message ?? "This is no name.");
}
