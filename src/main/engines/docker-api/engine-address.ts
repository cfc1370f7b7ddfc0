import type { SshConnection } from "../../ssh/index.ts";
import { formatPlace } from "./engine-errors.ts";

/** Where an engine answers: on a socket of this machine, or on one of a device behind its connection. */
export type EngineAddress = { socketPath: string } | { connection: SshConnection; socketPath: string };

/** The device's connection; null for the local engine. */
export function connectionOf(address: EngineAddress): SshConnection | null {
  return "connection" in address ? address.connection : null;
}

/** The engine's place in a sentence: `/var/run/docker.sock on pi@10.0.0.7:22`. */
export function placeOf(address: EngineAddress): string {
  return formatPlace(address.socketPath, connectionOf(address)?.target ?? null);
}
