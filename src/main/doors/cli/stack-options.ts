import { resolve } from "node:path";
import { type Command, Option } from "commander";
import {
  AppError,
  type StackFormat,
  type StackSelection,
  stackFormatSchema,
  stackSelection,
} from "../../../shared/domain/index.ts";
import { collect } from "./option-values.ts";

/** What commander makes of the words that choose a stack. */
export interface StackFlags {
  file?: string[];
  from?: StackFormat;
  projectName?: string;
  profile?: string[];
  envFile?: string[];
  projectDirectory?: string;
}

/** Gives a command its FILEs, and the options by which `docker compose` chooses a stack. */
export function takesStack(command: Command): Command {
  const words = "stack files, each over those before it; the stack of the current folder unless given";
  return stackOptions(command.argument("[files...]", words));
}

function stackOptions(command: Command): Command {
  return command
    .option("-f, --file <file>", "a stack file, as docker compose takes it; may be given again", collect)
    .option("-p, --project-name <name>", "the name of the stack")
    .option("--profile <name>", "a profile to choose; may be given again", collect)
    .option("--env-file <file>", "variables from this file instead of .env; may be given again", collect)
    .option("--project-directory <folder>", "what relative paths start from");
}

/** The same for a command that takes every format. */
export function takesAnyStack(command: Command): Command {
  return takesStack(command).addOption(fromOption());
}

/** The same options for a command whose words are not files alone. */
export function anyStackOptions(command: Command): Command {
  return stackOptions(command).addOption(fromOption());
}

function fromOption(): Option {
  const from = new Option("--from <format>", "what the file is written in; as it looks unless given");
  return from.choices(stackFormatSchema.options);
}

/**
 * The stack that a command line chooses, by absolute paths.
 * @throws AppError `bad-input` for files named in both ways: which of them is the later one cannot be told.
 */
export function chosenStack(named: readonly string[], flags: StackFlags): StackSelection {
  const given = flags.file ?? [];
  if (named.length > 0 && given.length > 0) {
    throw new AppError("bad-input", "Files are named with --file and without it, so their order cannot be told.", {
      hint: `Write: ${[...given, ...named].join(" ")}`,
    });
  }
  const [file = ".", ...moreFiles] = [...given, ...named];
  return stackSelection(resolve(file), {
    moreFiles: moreFiles.map((path) => resolve(path)),
    from: flags.from ?? null,
    folder: flags.projectDirectory === undefined ? null : resolve(flags.projectDirectory),
    name: flags.projectName ?? null,
    profiles: flags.profile ?? null,
    envFiles: flags.envFile?.map((path) => resolve(path)) ?? null,
  });
}
