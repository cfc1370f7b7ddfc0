import type { EngineInfo } from "../../../shared/domain/index.ts";
import type { SocketDialer, SshConnection } from "../../ssh/index.ts";
import { formatPlace } from "./engine-errors.ts";

/**
 * Where an engine answers: on a socket of this machine, or on one of a device behind its connection, through a command
 * there (`dialer`) where the SSH server does not forward to the socket or this user may not open it.
 */
export type EngineAddress =
  | { socketPath: string }
  | { connection: SshConnection; socketPath: string; dialer?: SocketDialer };

/** The device's connection; null for the local engine. */
export function connectionOf(address: EngineAddress): SshConnection | null {
  return "connection" in address ? address.connection : null;
}

/** How the engine is reached; undefined for the local one. */
export function viaOf(address: EngineAddress): EngineInfo["via"] {
  return "connection" in address ? (address.dialer?.via ?? "socket") : undefined;
}

/** The engine's place in a sentence: `/var/run/docker.sock on pi@10.0.0.7:22`. */
export function placeOf(address: EngineAddress): string {
  return formatPlace(address.socketPath, connectionOf(address)?.target ?? null);
}
