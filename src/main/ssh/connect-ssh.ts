import type { Duplex } from "node:stream";
import { AppError, type SshTarget } from "../../shared/domain/index.ts";
import { dialTcp } from "./dial-tcp.ts";
import { gatherWrites } from "./gather-writes.ts";
import type { OfferedHostKey, SshConnection, SshCredentials, VerifyHostKey } from "./ssh-connection.ts";
import { SshConnectError } from "./ssh-errors.ts";
import { jumpFault } from "./ssh-route.ts";

/** ssh2 takes a tenth of a second to load, and most commands reach no device: so who connects first loads it. */
export const loadHandshake = () => import("./handshake.ts");

export interface ConnectSshOptions {
  target: SshTarget;
  credentials: SshCredentials;
  /** Asked once its key was accepted: the password that is kept for the server with exactly this key. */
  passwordFor?: (key: OfferedHostKey) => Promise<string | null>;
  /** There is no default: whoever connects says which keys it takes. */
  verifyHostKey: VerifyHostKey;
  /** Aborting gives up connecting (`cancelled`); it does not close a connection that is there. */
  signal?: AbortSignal;
  /** Where TCP goes, when that is not what the target is called. */
  dial?: { host: string; port: number };
  /** The connection to a jump host to go through; it is this one's from now on, and ends with it. */
  through?: SshConnection | null;
  /** Types of host keys that are known of this server: they are asked for first. */
  hostKeyTypes?: readonly string[];
  /** From the first packet to the end of the login; 10,000 unless told. */
  readyTimeoutMs?: number;
}

const defaultReadyTimeoutMs = 10_000;

/**
 * Connects and logs in. Everything that goes to the device afterwards travels on this one connection.
 * Throws an SshConnectError whose `fault` says what stood in the way, or `cancelled`.
 */
export async function connectSsh(options: ConnectSshOptions): Promise<SshConnection> {
  const readyTimeoutMs = options.readyTimeoutMs ?? defaultReadyTimeoutMs;
  const deadlineMs = performance.now() + readyTimeoutMs;
  const through = options.through ?? null;
  try {
    const { Handshake } = await loadHandshake();
    const socket = await dial(options, through, readyTimeoutMs);
    gatherWrites(socket);
    const connection = await new Handshake(options, socket, Math.max(1, deadlineMs - performance.now())).run();
    if (through !== null) bindTo(connection, through, socket);
    return connection;
  } catch (error) {
    through?.close();
    throw error;
  }
}

async function dial(options: ConnectSshOptions, through: SshConnection | null, timeoutMs: number): Promise<Duplex> {
  const place = options.dial ?? options.target;
  if (through === null) return dialTcp({ ...options.target, ...place }, timeoutMs, options.signal);
  try {
    return await through.openTcp(place.host, place.port, { timeoutMs, signal: options.signal });
  } catch (error) {
    // That a place cannot be reached is its own fault; all else is the jump host's.
    if (!(error instanceof AppError) || error instanceof SshConnectError || error.code === "cancelled") throw error;
    throw jumpFault(through.target, error);
  }
}

/** Neither outlives the other. */
function bindTo(connection: SshConnection, through: SshConnection, socket: Duplex): void {
  through.onClosed((reason) =>
    socket.destroy(new Error(`its jump host has gone: ${reason?.message ?? "it was closed"}`)),
  );
  connection.onClosed(() => through.close());
}
