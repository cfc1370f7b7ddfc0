import type { Command } from "commander";
import { AppError } from "../../../shared/domain/index.ts";
import { changeContainer } from "./commands/change-container.ts";
import { restartStack } from "./commands/stacks.ts";
import { grace, unasked } from "./container-commands.ts";
import type { Context } from "./context.ts";
import { anyStackOptions, chosenStack, type StackFlags } from "./stack-options.ts";

type Run = (action: (context: Context) => Promise<number>) => Promise<void>;

interface RestartFlags extends StackFlags {
  on?: string;
  grace?: number;
  yes?: boolean;
}

const defaultGraceMs = 10_000;

/** `restart FILE… [SERVICE…]` and `restart DEVICE CONTAINER`: one word for both, since people have one word for it. */
export function addRestartCommand(program: Command, { alone, withDevices }: { alone: Run; withDevices: Run }): void {
  anyStackOptions(program.command("restart"))
    .argument("[words...]", "FILE… [SERVICE…] of a stack, or DEVICE CONTAINER")
    .description("restart services of a stack, all unless some are named, or a container of a device")
    .option("--on <device>", "of a stack: on a device instead of this machine")
    .option("--grace <time>", "of a container: how long it may take to end by itself; 10s unless told", grace)
    .option(...unasked)
    .action((words: string[], { on, grace: graceMs, yes, ...flags }: RestartFlags) => {
      const stack = stackWords(words, on !== undefined || flags.from !== undefined, flags);
      if (stack !== null) {
        if (graceMs !== undefined) throw graceOfStack();
        const request = { stack: chosenStack(stack.files, flags), on: on ?? null, services: stack.services };
        return (on === undefined ? alone : withDevices)((context) => restartStack(context, request));
      }
      const [device = "", container, ...more] = words;
      if (container === undefined || more.length > 0) throw oneContainer(device);
      return withDevices((context) =>
        changeContainer(context, { device, container, yes: yes ?? false }, "restart", (client, one) =>
          client.restart({ ...one, graceMs: graceMs ?? defaultGraceMs }),
        ),
      );
    });
}

/** The words of the command as files and services; null when they are a device and a container. */
export function stackWords(
  words: readonly string[],
  isStack: boolean,
  flags: Pick<StackFlags, "file">,
): { files: string[]; services: string[] } | null {
  if (flags.file !== undefined) return { files: [], services: [...words] };
  const [first, ...rest] = words;
  if (first === undefined) return { files: [], services: [] };
  if (!isStack && !isStackFile(first)) return null;
  const files = rest.filter(isStackFile);
  return { files: [first, ...files], services: rest.filter((word) => !files.includes(word)) };
}

/** By its looks alone: a folder that happens to be called as a device is does not change what a command means. */
function isStackFile(text: string): boolean {
  const base = text.slice(text.lastIndexOf("/") + 1);
  return text === "." || text === ".." || /[/\\]/.test(text) || /\.(?:ya?ml|json|sh)$|^Dockerfile/i.test(base);
}

function oneContainer(device: string): AppError {
  return new AppError("bad-input", `Which container of ${device}? One is restarted at a time.`, {
    hint: `bayplan restart ${device} CONTAINER. A stack in a folder of that name: bayplan restart ./${device}`,
  });
}

function graceOfStack(): AppError {
  return new AppError("bad-input", "--grace is for one container: a stack says it in its file.", {
    hint: "Write stop_grace_period at the service.",
  });
}
