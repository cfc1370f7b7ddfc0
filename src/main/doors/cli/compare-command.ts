import { type Command, Option } from "commander";
import { AppError, type SideRequest } from "../../../shared/domain/index.ts";
import { compare, compareFormats } from "./commands/compare.ts";
import type { Context } from "./context.ts";

interface CompareFlags {
  format: (typeof compareFormats)[number];
  failOn?: "worse";
}

/** `bayplan compare A B`. */
export function addCompareCommand(
  program: Command,
  alone: (action: (context: Context) => Promise<number>) => Promise<void>,
) {
  program
    .command("compare")
    .description("what changed between two sides: runs, series, or several runs as A1,A2,…")
    .argument("<a>", "the side to compare with")
    .argument("<b>", "the side that may have got worse")
    .addOption(new Option("--format <format>", "how to print it").choices(compareFormats).default("text"))
    .addOption(new Option("--fail-on <change>", "exit with 1 when something got worse for certain").choices(["worse"]))
    .action((a: string, b: string, { format, failOn }: CompareFlags) =>
      alone((context) => compare(context, { a: sideOf(a), b: sideOf(b), format, failOnWorse: failOn === "worse" })),
    );
}

function sideOf(text: string): SideRequest {
  const names = text.split(",").map((name) => name.trim());
  if (names.every((name) => /^[0-9A-Za-z-]{1,64}$/.test(name))) return { names };
  throw new AppError("not-found", `There is no run and no series ${text}.`, {
    hint: "`bayplan runs` lists the runs kept here. Several are written with commas: A1,A2,A3.",
  });
}
