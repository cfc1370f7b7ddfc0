import { Command, type CommanderError, InvalidArgumentError, Option } from "commander";
import {
  AppError,
  type CheckTarget,
  checkTargets,
  type ExportFormat,
  exportFormatSchema,
  type StackFormat,
  stackFormatSchema,
  type TargetRequest,
} from "../../../shared/domain/index.ts";
import { bayplanVersion, type HostOptions } from "../../api/index.ts";
import { parseBudgetText } from "../../profiling/index.ts";
import { check, type ReportFormat, reportFormats } from "./commands/check.ts";
import { followLogs, listContainers, showStats } from "./commands/containers.ts";
import { addDevice, forgetDevice, repinDevice, trustDevice } from "./commands/devices.ts";
import { discover, listDevices, watchDevices } from "./commands/discover.ts";
import { openPort } from "./commands/port.ts";
import { profile } from "./commands/profile.ts";
import { listRuns, showRun } from "./commands/runs.ts";
import { parsePorts } from "./commands/search-network.ts";
import { config, down, exportTo, up } from "./commands/stacks.ts";
import { addContainerCommands } from "./container-commands.ts";
import { type Context, type Surroundings, withClient } from "./context.ts";
import { parseDuration } from "./durations.ts";
import type { Output } from "./output.ts";

/** Serves the web door until the signal aborts; given by the entry, since no door imports another. */
export type Serve = (options: { port: number; output: Output; signal: AbortSignal }) => Promise<void>;

export interface ProgramParts extends Surroundings {
  serve: Serve;
  /** Told the exit code of the command that ran. */
  onExitCode: (code: number) => void;
}

interface CheckFlags {
  target: CheckTarget;
  device?: string;
  fix?: boolean;
  dryRun?: boolean;
  scan?: boolean;
  format: ReportFormat;
}

interface UpFlags {
  on?: string;
  from?: StackFormat;
  acceptLosses?: boolean;
  desktop?: boolean;
}

interface ConfigOptions {
  format: "json" | "yaml";
  name?: string;
  profile?: string[];
  envFile?: string[];
  projectDirectory?: string;
}

/** The command line: argv in, exit code out. Errors of parsing are thrown as CommanderError. */
export function createProgram({ serve, onExitCode, ...surroundings }: ProgramParts): Command {
  const { output, signal } = surroundings;
  const program = new Command("bayplan")
    .description("Finds small Linux devices, shows what runs on them, and tells whether a stack will fit.")
    .version(bayplanVersion())
    .option("--json", "print JSON on stdout, and nothing else there")
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });

  const run = (options: HostOptions, action: (context: Context) => Promise<number>) =>
    withClient(options, surroundings, action).then(onExitCode);
  const withDevices = (action: (context: Context) => Promise<number>) => run({ discover: true }, action);
  const alone = (action: (context: Context) => Promise<number>) => run({ discover: false }, action);

  program
    .command("discover")
    .description("listen on the LAN and list every device with its state")
    .option("--timeout <time>", "how long to listen", duration, 5_000)
    .option("--watch", "print each change until Ctrl-C")
    .option("--all", "show neighbours too: printers, laptops, what is no container host")
    .option("--probe [subnets...]", "first search the network for SSH servers: this machine's own, or 192.168.4.0/24")
    .option("--ports <list>", "the ports to knock at, with --probe: 22,22222 unless given")
    .action(
      ({
        timeout,
        watch,
        all,
        probe,
        ports,
      }: {
        timeout: number;
        watch?: boolean;
        all?: boolean;
        probe?: string[] | boolean;
        ports?: string;
      }) => {
        if (ports !== undefined && probe === undefined) {
          throw new AppError("bad-input", "--ports says where to knock, and nothing is knocked at without --probe.", {
            hint: "Write: bayplan discover --probe --ports 22,22222",
          });
        }
        const subnets = Array.isArray(probe) ? probe : null;
        const search = probe === undefined ? null : { subnets, ports: parsePorts(ports) };
        return withDevices((context) =>
          watch ? watchDevices(context) : discover(context, { timeoutMs: timeout, all: all ?? false, search }),
        );
      },
    );

  const devices = program.command("devices").description("the remembered devices");
  devices
    .command("list", { isDefault: true })
    .description("list them, each with its state")
    .option("--timeout <time>", "how long to wait for answers", duration, 8_000)
    .option("--watch", "print each change until Ctrl-C")
    .action(({ timeout, watch }: { timeout: number; watch?: boolean }) =>
      withDevices((context) => (watch ? watchDevices(context) : listDevices(context, { timeoutMs: timeout }))),
    );
  devices
    .command("add <address>")
    .description("add a device by user@host:port")
    .option("--name <name>", "what to call it")
    .action((address: string, { name }: { name?: string }) =>
      withDevices((context) => addDevice(context, { address, name: name ?? null })),
    );
  devices
    .command("trust <device>")
    .description("agree to a key that is offered for the first time")
    .option("--fingerprint <print>", "the fingerprint that you compared")
    .option("--known-hosts", "write the key into your own known_hosts, too, so that ssh takes it")
    .action((name: string, { fingerprint, knownHosts }: { fingerprint?: string; knownHosts?: boolean }) =>
      withDevices((context) =>
        trustDevice(context, { name, fingerprint: fingerprint ?? null, knownHosts: knownHosts ?? false }),
      ),
    );
  devices
    .command("repin <device>")
    .description("replace the key of a device that was flashed again")
    .option("--fingerprint <print>", "the offered fingerprint that you compared")
    .action((name: string, { fingerprint }: { fingerprint?: string }) =>
      withDevices((context) => repinDevice(context, { name, fingerprint: fingerprint ?? null })),
    );
  devices
    .command("forget <device>")
    .description("forget a device and its key")
    .action((name: string) => withDevices((context) => forgetDevice(context, { name })));

  program
    .command("ps <device>")
    .description("the containers of a device")
    .action((name: string) => withDevices((context) => listContainers(context, { name })));
  program
    .command("logs <device> [containers...]")
    .description("logs of some containers, or of all that run")
    .option("-f, --follow", "go on until Ctrl-C")
    .option("-n, --tail <lines>", "how many lines to begin with", wholeNumber, 100)
    .action((name: string, containers: string[], { follow, tail }: { follow?: boolean; tail: number }) =>
      withDevices((context) => followLogs(context, { name, containers, tail, follow: follow ?? false })),
    );
  program
    .command("stats <device>")
    .description("CPU and memory of a device and its containers, once a second")
    .option("--once", "one reading, then end")
    .action((name: string, { once }: { once?: boolean }) =>
      withDevices((context) => showStats(context, { name, once: once ?? false })),
    );

  addContainerCommands(program, withDevices);

  program
    .command("port")
    .description("open a port of a device on this machine, through SSH, until Ctrl-C")
    .argument("<device>")
    .argument("<port>", "as the device numbers it", portNumber)
    .option("--local <number>", "which port of this machine; the same number or a free one unless told", portNumber)
    .action((name: string, port: number, { local }: { local?: number }) =>
      withDevices((context) => openPort(context, { name, port, localPort: local ?? null })),
    );

  const stack = program.command("stack").description("read stack files");
  stack
    .command("config <files...>")
    .description("print what compose files say together, as docker compose config does")
    .addOption(new Option("--format <format>", "how to print it").choices(["yaml", "json"]).default("yaml"))
    .option("-p, --name <name>", "the name of the stack")
    .option("--profile <name>", "a profile to choose; may be given again", collect)
    .option("--env-file <file>", "variables from this file instead of .env; may be given again", collect)
    .option("--project-directory <folder>", "what relative paths start from")
    .action((files: string[], options: ConfigOptions) =>
      alone((context) =>
        config(context, {
          files,
          folder: options.projectDirectory ?? null,
          name: options.name ?? null,
          profiles: options.profile ?? null,
          envFiles: options.envFile ?? null,
          format: options.format,
        }),
      ),
    );

  stack
    .command("export <file>")
    .description("print a stack in another format, and say what that cannot express")
    .addOption(
      new Option("--to <format>", "the format to print").choices(exportFormatSchema.options).makeOptionMandatory(),
    )
    .addOption(fromOption())
    .option("-o, --output <folder>", "write the files into this folder instead")
    .action((file: string, { to, from, output: folder }: { to: ExportFormat; from?: StackFormat; output?: string }) =>
      alone((context) => exportTo(context, { file, to, from: from ?? null, folder: folder ?? null })),
    );

  program
    .command("check <file>")
    .description("say what of a stack will bite on a device, before anything runs")
    .addOption(new Option("--target <system>", "the system it is for").choices(checkTargets).default("docker"))
    .option("--device <name>", "a model of the catalogue or a known device, whose memory and CPUs must do")
    .option("--fix", "mend what needs no decision, and show the change")
    .option("--dry-run", "with --fix: show the change and write nothing")
    .option("--scan", "ask trivy or grype about the images, whichever is installed")
    .addOption(new Option("--format <format>", "how to print it").choices(reportFormats).default("text"))
    .action((file: string, { target, device, fix, dryRun, scan = false, format }: CheckFlags) => {
      if (dryRun && !fix) {
        throw new AppError("bad-input", "--dry-run says how to mend, and nothing is mended without --fix.", {
          hint: "Write: bayplan check FILE --fix --dry-run",
        });
      }
      const how = fix ? (dryRun ? "show" : "write") : "no";
      return alone((context) => check(context, { file, target, device: device ?? null, fix: how, scan, format }));
    });

  program
    .command("up <file>")
    .description("start a stack and leave it running")
    .addOption(fromOption())
    .option("--on <device>", "on a device instead of this machine")
    .option("--accept-losses", "run it without what the engine has no word for (Kanto)")
    .addOption(desktopOption())
    .action((file: string, { on, from, acceptLosses = false, desktop = false }: UpFlags) => {
      if (desktop && on !== undefined) {
        throw new AppError("bad-input", "--desktop gives the display of this machine, and --on runs it on another.", {
          hint: "Leave one of them out.",
        });
      }
      return (on === undefined ? alone : withDevices)((context) =>
        up(context, { file, from: from ?? null, on: on ?? null, acceptLosses, desktop }),
      );
    });
  program
    .command("down <file>")
    .description("remove a stack")
    .option("--on <device>", "from a device instead of this machine")
    .addOption(fromOption())
    .option("--volumes", "remove its volumes and what is in them, too")
    .action((file: string, { on, from, volumes }: { on?: string; from?: StackFormat; volumes?: boolean }) =>
      (on === undefined ? alone : withDevices)((context) =>
        down(context, { file, from: from ?? null, on: on ?? null, volumes: volumes ?? false }),
      ),
    );
  program
    .command("profile <file>")
    .description("run a stack inside a device's budget and give a verdict")
    .addOption(fromOption())
    .option("--device <name>", "a model of the catalogue or a known device; may be given again", collect, [])
    .option("--budget <figures>", "a budget of your own: memory=256MiB,cpus=0.5,storage=4GiB", collect, [])
    .option("--duration <time>", "how long to measure, from healthy", duration, 120_000)
    .option("--warm-up <time>", "left out of the measurement, after healthy", duration, 10_000)
    .addOption(desktopOption())
    .addOption(
      new Option("--fail-on <answer>", "what else makes the exit code 1")
        .choices(["does-not-fit", "tight"])
        .default("does-not-fit"),
    )
    .action(
      (
        file: string,
        options: {
          from?: StackFormat;
          device: string[];
          budget: string[];
          duration: number;
          warmUp: number;
          failOn: string;
          desktop?: boolean;
        },
      ) => {
        const targets = targetsOf(options);
        return withDevices((context) =>
          profile(context, {
            file,
            from: options.from ?? null,
            targets,
            durationMs: options.duration,
            warmUpMs: options.warmUp,
            failOnTight: options.failOn === "tight",
            desktop: options.desktop ?? false,
          }),
        );
      },
    );

  const runs = program.command("runs").description("the runs that are kept");
  runs
    .command("list", { isDefault: true })
    .description("list them, newest first")
    .action(() => alone(listRuns));
  runs
    .command("show <run>")
    .description("one run with its verdict")
    .action((id: string) => alone((context) => showRun(context, { id })));

  program
    .command("serve")
    .description("show the window in a browser of this machine")
    .option("--port <port>", "0 picks a free one", wholeNumber, 0)
    .action(({ port }: { port: number }) => serve({ port, output, signal }).then(() => onExitCode(0)));
  return program;
}

/** Turns what commander says of wrong words into a failure with what to do; null when it only printed help. */
export function toUsageError(error: CommanderError): AppError | null {
  if (error.exitCode === 0) return null;
  return new AppError(
    "bad-input",
    error.message.replace(/^error: /, "").replace(/^./, (first) => first.toUpperCase()),
    {
      hint: "`bayplan --help` lists the commands, `bayplan COMMAND --help` their options.",
    },
  );
}

/** What a FILE is written in, where its content does not tell, or tells wrongly. */
function fromOption(): Option {
  return new Option("--from <format>", "what the file is written in; as it looks unless given").choices(
    stackFormatSchema.options,
  );
}

function desktopOption(): Option {
  return new Option("--desktop", "give this machine's display to services that ask for one; none gets it unless given");
}

function targetsOf({ device, budget }: { device: string[]; budget: string[] }): TargetRequest[] {
  const targets: TargetRequest[] = [
    ...device.map((name) => ({ kind: "named" as const, name })),
    ...budget.map((text) => parseBudgetText(text)),
  ];
  if (targets.length > 0) return targets;
  throw new AppError("bad-input", "There is nothing to judge the stack against.", {
    hint: "Name a board or a device (--device rpi-4b-2gb), or a budget (--budget memory=256MiB,cpus=0.5).",
  });
}

function collect(value: string, previous: string[] = []): string[] {
  return [...previous, value];
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("A whole number is wanted.");
  return Number(text);
}

function portNumber(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65_535) throw new InvalidArgumentError("A port is a number from 1 to 65535.");
  return port;
}

function duration(text: string): number {
  try {
    return parseDuration(text);
  } catch (error) {
    if (error instanceof AppError) throw new InvalidArgumentError(`${error.message} ${error.hint ?? ""}`.trim());
    throw error;
  }
}
