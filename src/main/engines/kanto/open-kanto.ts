import { AppError } from "../../../shared/domain/index.ts";
import type { SshConnection } from "../../ssh/index.ts";
import type { Engine } from "../engine.ts";
import { imageArch } from "../platform.ts";
import { readDaemonConfig } from "./daemon-config.ts";
import { KantoCm } from "./kanto-cm.ts";
import { KantoEngine, type KantoParts } from "./kanto-engine.ts";
import { placeText, unreadable } from "./kanto-errors.ts";
import { KantoThings } from "./kanto-things.ts";
import { type KantoTraces, openScript, parseTraces } from "./open-script.ts";

const socketDefault = "/run/container-management/container-management.sock";

export interface OpenKantoOptions {
  /** Where Kanto's MQTT broker is, as the device reaches it; what the daemon's configuration says unless told. */
  broker?: { host: string; port: number } | null;
  /** Where the daemon keeps its containers; what its configuration says unless told. */
  homeFolder?: string;
  pollEveryMs?: number;
  lookForMqttEveryMs?: number;
}

/**
 * Opens Eclipse Kanto on a device through kanto-cm. Throws `no-engine` when that is not there or the daemon does not run,
 * `engine-denied` when the socket is root's and there is no `sudo -n`, `timed-out` when it hangs.
 */
export async function openKanto(connection: SshConnection, options: OpenKantoOptions = {}): Promise<Engine> {
  const { stdout } = await connection.exec(["sh", "-c", openScript], { timeoutMs: 10_000 });
  const traces = parseTraces(stdout);
  if (traces.path === null) {
    throw new AppError("no-engine", `There is no kanto-cm on ${placeText(connection.target)}.`, {
      hint: "Bayplan works with Eclipse Kanto through its command line: install the package container-management.",
    });
  }
  const config = readDaemonConfig(traces.config);
  const broker = options.broker === undefined ? config.broker : options.broker;
  const homeFolder = options.homeFolder ?? config.homeFolder;
  const cm = new KantoCm(connection, traces.path, needsSudo(connection, traces));
  const reopen = (): Promise<KantoThings | AppError> => openThings(connection, broker);
  const opening = reopen();
  // Awaited below on every path; a mistake of ours in it must not be told as an unhandled one meanwhile.
  opening.catch(() => undefined);
  try {
    const version = parseSysinfo(await cm.run(["sysinfo"], { what: "Kanto" }));
    const things = await opening;
    return new KantoEngine({
      cm,
      info: infoOf(version, traces, homeFolder),
      logFolder: `${homeFolder}/containers`,
      things,
      openThings: reopen,
      ...(options.pollEveryMs === undefined ? {} : { pollEveryMs: options.pollEveryMs }),
      ...(options.lookForMqttEveryMs === undefined ? {} : { lookForMqttEveryMs: options.lookForMqttEveryMs }),
    });
  } catch (error) {
    const things = await opening;
    if (!(things instanceof AppError)) things.close();
    throw error;
  }
}

/** Kanto's MQTT side, or why it is not there: the command line does most without it. */
async function openThings(
  connection: SshConnection,
  broker: { host: string; port: number } | null,
): Promise<KantoThings | AppError> {
  if (broker === null) return new AppError("unsupported", "Kanto is set up without a plain local MQTT broker.");
  try {
    return await KantoThings.open({ connection, broker });
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

/** Without a socket in sight the daemon may be down, or its folder closed: then the user's own try says more. */
function needsSudo(connection: SshConnection, { socket }: KantoTraces): boolean {
  return connection.target.user !== "root" && socket !== null && !socket.canOpen;
}

/** `Engine v1.0.0, API v1.0.0, (build …)` (CM containerm/cli/cli_command_sys_info.go). Throws `engine-failed`. */
export function parseSysinfo(output: string): { version: string; apiVersion: string } {
  const match = /^Engine v([^,\s]{1,64}), API v([^,\s]{1,64})/m.exec(output);
  if (match?.[1] === undefined || match[2] === undefined) {
    throw unreadable("Kanto", `this is no version: ${JSON.stringify(output.slice(0, 80))}`);
  }
  return { version: match[1], apiVersion: match[2] };
}

function infoOf(
  version: { version: string; apiVersion: string },
  traces: KantoTraces,
  homeFolder: string,
): KantoParts["info"] {
  return {
    kind: "kanto",
    ...version,
    socket: traces.socket?.path ?? socketDefault,
    platform: `linux/${imageArch(traces.arch) ?? traces.arch}`,
    cgroupVersion: traces.cgroupVersion,
    // containerd's shim makes the groups itself, below `/kanto-cm`.
    cgroupDriver: "cgroupfs",
    cpus: traces.cpus,
    memoryBytes: traces.memoryBytes,
    rootFolder: homeFolder,
    foundBy: null,
  };
}
