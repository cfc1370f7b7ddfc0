import type { Duplex } from "node:stream";
import type { AppError, KeyPrint, SshTarget } from "../../shared/domain/index.ts";

/** What a remote command left behind. A signal shows as 128 + its number, as shells do. */
export interface ExecResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

export interface ExecOptions {
  stdin?: string;
  /** Milliseconds; 20,000 unless told. Throws `timed-out`. */
  timeoutMs?: number;
  signal?: AbortSignal;
}

/** A running remote command: its standard input and output as a duplex, its error stream beside it. */
export interface SshProcess {
  readonly stream: Duplex;
  readonly stderr: () => string;
  /** Resolves with the exit code when the channel has closed; never rejects. */
  readonly exited: Promise<number>;
  close(): void;
}

/** The one connection to a device; everything is multiplexed on it. */
export interface SshConnection {
  readonly target: SshTarget;
  readonly hostKey: KeyPrint;
  /** Runs a command and waits for it. Exec channels are a scarce pool (sshd's MaxSessions): at most 8 at once, the rest wait. */
  exec(argv: readonly string[], options?: ExecOptions): Promise<ExecResult>;
  /** Starts a command that goes on, for example the sampler. Takes a place of the exec pool until it ends. */
  start(argv: readonly string[]): Promise<SshProcess>;
  /** A channel to a Unix socket on the device. Not counted by MaxSessions. Throws `no-engine`, `engine-denied`, `unsupported`. */
  openSocket(path: string): Promise<Duplex>;
  /**
   * A channel to a TCP port as the device sees it, `127.0.0.1` being the device itself. Not counted by MaxSessions.
   * Throws `unreachable` when nothing answers there, `unsupported` when the server forwards no ports.
   */
  openTcp(host: string, port: number): Promise<Duplex>;
  /** Calls back once when the connection has ended, for whatever reason; null when `close` was called. */
  onClosed(listener: (reason: AppError | null) => void): void;
  readonly closed: boolean;
  close(): void;
}

/** A host key as it came over the wire: what people compare, and the blob that a known_hosts line holds (base64). */
export interface OfferedHostKey extends KeyPrint {
  blobBase64: string;
}

/** Asked once per handshake, before any secret is sent. Answering false refuses the server. */
export type VerifyHostKey = (key: OfferedHostKey) => Promise<boolean>;

export interface SshCredentials {
  /** Unencrypted private keys in OpenSSH or PEM form, tried in order. */
  privateKeys: readonly string[];
  /** The agent's socket, null for none. */
  agentSocket: string | null;
  password: string | null;
}
