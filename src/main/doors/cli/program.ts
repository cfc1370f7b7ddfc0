import { Command, type CommanderError, InvalidArgumentError } from "commander";
import { AppError } from "../../../shared/domain/index.ts";
import { bayplanVersion, type HostOptions } from "../../api/index.ts";
import { followLogs, listContainers, showStats } from "./commands/containers.ts";
import { addDevice, forgetDevice, repinDevice, trustDevice } from "./commands/devices.ts";
import { discover, listDevices, watchDevices } from "./commands/discover.ts";
import { openPort } from "./commands/port.ts";
import { parsePorts } from "./commands/search-network.ts";
import { addContainerCommands } from "./container-commands.ts";
import { type Context, type Surroundings, withClient } from "./context.ts";
import { duration } from "./option-values.ts";
import type { Output } from "./output.ts";
import { addRestartCommand } from "./restart-command.ts";
import { addRunCommands } from "./run-commands.ts";
import { addStackCommands } from "./stack-commands.ts";

/** Serves the web door until the signal aborts; given by the entry, since no door imports another. */
export type Serve = (options: { port: number; output: Output; signal: AbortSignal }) => Promise<void>;

export interface ProgramParts extends Surroundings {
  serve: Serve;
  /** Told the exit code of the command that ran. */
  onExitCode: (code: number) => void;
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
  addRestartCommand(program, { alone, withDevices });

  program
    .command("port")
    .description("open a port of a device on this machine, through SSH, until Ctrl-C")
    .argument("<device>")
    .argument("<port>", "as the device numbers it", portNumber)
    .option("--local <number>", "which port of this machine; the same number or a free one unless told", portNumber)
    .action((name: string, port: number, { local }: { local?: number }) =>
      withDevices((context) => openPort(context, { name, port, localPort: local ?? null })),
    );

  addStackCommands(program, { alone, withDevices });

  addRunCommands(program, { alone, withDevices });

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

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("A whole number is wanted.");
  return Number(text);
}

function portNumber(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65_535) throw new InvalidArgumentError("A port is a number from 1 to 65535.");
  return port;
}
