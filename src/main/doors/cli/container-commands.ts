import { type Command, InvalidArgumentError } from "commander";
import { AppError, parseByteSize, parseCores } from "../../../shared/domain/index.ts";
import { changeContainer, parseRestart, removeContainer } from "./commands/change-container.ts";
import { createContainer } from "./commands/create-container.ts";
import type { Context } from "./context.ts";
import { parseDuration } from "./durations.ts";

type WithDevices = (action: (context: Context) => Promise<number>) => Promise<void>;

interface Disruptive {
  yes?: boolean;
}

export const unasked: [string, string] = ["-y, --yes", "do not ask"];

/** The commands that make a container on a device, change it and remove it. */
export function addContainerCommands(program: Command, withDevices: WithDevices): void {
  const onContainer = (name: string, description: string): Command =>
    program.command(`${name} <device> <container>`).description(description);

  program
    .command("create <device> <image-or-file>")
    .description("create a container of an image, or of a .json file as Kanto writes it, and start it")
    .option("--name <name>", "what to call it")
    .option("--no-start", "only create it")
    .action((device: string, what: string, { name, start }: { name?: string; start: boolean }) =>
      withDevices((context) => createContainer(context, { device, what, containerName: name ?? null, start })),
    );
  onContainer("start", "start a container").action((device: string, container: string) =>
    withDevices((context) =>
      changeContainer(context, { device, container, yes: true }, "start", (client, one) => client.start(one)),
    ),
  );
  onContainer("stop", "stop a container")
    .option("--grace <time>", "how long it may take to end by itself", grace, 10_000)
    .option(...unasked)
    .action((device: string, container: string, { grace: graceMs, yes }: Disruptive & { grace: number }) =>
      withDevices((context) =>
        changeContainer(context, { device, container, yes: yes ?? false }, "stop", (client, one) =>
          client.stop({ ...one, graceMs }),
        ),
      ),
    );
  onContainer("pause", "hold a container's processes where they are")
    .option(...unasked)
    .action((device: string, container: string, { yes }: Disruptive) =>
      withDevices((context) =>
        changeContainer(context, { device, container, yes: yes ?? false }, "pause", (client, one) => client.pause(one)),
      ),
    );
  onContainer("unpause", "let a paused container go on").action((device: string, container: string) =>
    withDevices((context) =>
      changeContainer(context, { device, container, yes: true }, "unpause", (client, one) => client.unpause(one)),
    ),
  );
  program
    .command("rename <device> <container> <name>")
    .description("give a container another name")
    .action((device: string, container: string, name: string) =>
      withDevices((context) =>
        changeContainer(context, { device, container, yes: true }, "rename", (client, one) =>
          client.rename({ ...one, name }),
        ),
      ),
    );
  onContainer("update", "change a container's limits and restart policy while it runs")
    .option("--memory <size>", "its memory limit: 64MiB", size)
    .option("--cpus <cores>", "its CPU limit, in cores of the device: 0.5", cores)
    .option("--restart <policy>", "no, always, unless-stopped, on-failure or on-failure:5", restart)
    .action((device: string, container: string, wanted: { memory?: number; cpus?: number; restart?: Restart }) =>
      withDevices((context) =>
        changeContainer(context, { device, container, yes: true }, "update", (client, one) =>
          client.update({
            ...one,
            change: {
              memoryBytes: wanted.memory ?? null,
              memoryReservationBytes: null,
              cpuCores: wanted.cpus ?? null,
              restart: wanted.restart ?? null,
            },
          }),
        ),
      ),
    );
  onContainer("remove", "remove a container, running or not")
    .option(...unasked)
    .action((device: string, container: string, { yes }: Disruptive) =>
      withDevices((context) => removeContainer(context, { device, container, yes: yes ?? false })),
    );
}

type Restart = ReturnType<typeof parseRestart>;

/** Commander shows what is thrown as this class; anything else would pass for a bug. */
function read<T>(parse: (text: string) => T): (text: string) => T {
  return (text) => {
    try {
      return parse(text);
    } catch (error) {
      if (error instanceof AppError) throw new InvalidArgumentError(`${error.message} ${error.hint ?? ""}`.trim());
      throw error;
    }
  };
}

const restart = read(parseRestart);
export const grace = read(parseDuration);

function size(text: string): number {
  const bytes = parseByteSize(text);
  if (bytes === null) throw new InvalidArgumentError("Write a size like 64MiB.");
  return bytes;
}

function cores(text: string): number {
  const number = parseCores(text);
  if (number === null) throw new InvalidArgumentError("Write a number of cores like 0.5.");
  return number;
}
