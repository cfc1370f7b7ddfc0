import type { Duplex } from "node:stream";
import ssh2, { type Client } from "ssh2";
import { AppError, type KeyPrint } from "../../shared/domain/index.ts";
import { saidWords } from "../../shared/format/index.ts";
import { type AuthAttempt, authAttempts, nextAttempt } from "./auth-methods.ts";
import type { ConnectSshOptions } from "./connect-ssh.ts";
import { hostKeyAlgorithms } from "./host-key-algorithms.ts";
import { keyPrintOf } from "./key-print.ts";
import type { SshConnection } from "./ssh-connection.ts";
import {
  authFault,
  closedBeforeBanner,
  hostKeyFault,
  notVerified,
  SshConnectError,
  strangeQuestions,
  timeoutFault,
} from "./ssh-errors.ts";
import { Ssh2Connection } from "./ssh2-connection.ts";

/** One ping a second; whoever does not send a byte for 3.5 s is gone (silence-watch.ts). */
const pingIntervalMs = 1_000;

/** What is known while the handshake goes on, to say in the end what it failed at. */
export class Handshake {
  readonly #options: ConnectSshOptions;
  readonly #socket: Duplex;
  readonly #timeoutMs: number;
  readonly #client: Client = new ssh2.Client();
  #fail: (error: AppError) => void = () => undefined;
  #spoken = false;
  #offered: { blob: Buffer; print: KeyPrint } | null = null;
  #verdict: "pending" | "accepted" | "refused" = "pending";
  #attempts: AuthAttempt[] | null = null;
  #password: string | null;
  #verifyFailure: unknown = null;
  #methodsLeft: readonly string[] = [];
  readonly #tried: string[] = [];

  constructor(options: ConnectSshOptions, socket: Duplex, timeoutMs: number) {
    this.#options = options;
    this.#socket = socket;
    this.#timeoutMs = timeoutMs;
    this.#password = options.credentials.password;
  }

  run(): Promise<SshConnection> {
    const { target, signal } = this.#options;
    return new Promise((resolve, reject) => {
      const fail = (error: AppError): void => {
        release();
        this.#client.on("error", () => undefined);
        this.#socket.destroy();
        reject(error);
      };
      this.#fail = fail;
      // An agent that does not answer is one way in less, not the end.
      const onError = (error: Error & { level?: string }): void => {
        if (error.level !== "agent") fail(this.#explain(error));
      };
      const onClose = (): void => fail(this.#explain(null));
      const onAbort = (): void => fail(new AppError("cancelled", "Connecting was cancelled."));
      const onReady = (): void => {
        release();
        if (this.#offered === null) fail(this.#explain(new Error("The server never showed a host key.")));
        else resolve(new Ssh2Connection(target, this.#offered.print, this.#client, this.#socket));
      };
      const timer = setTimeout(
        () => fail(timeoutFault(target, `takes connections, but does not finish the SSH login in time`)),
        this.#timeoutMs,
      );
      const release = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", onAbort);
        this.#client.off("error", onError).off("close", onClose).off("ready", onReady);
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      if (signal?.aborted === true) return onAbort();
      // Not before ssh2 listens, too: what a jump host has passed on already would be lost. It resumes the stream.
      this.#socket.pause();
      this.#socket.once("data", () => {
        this.#spoken = true;
      });
      this.#client.on("error", onError).on("close", onClose).on("ready", onReady);
      this.#connect();
    });
  }

  #connect(): void {
    const { target } = this.#options;
    this.#client.connect({
      sock: this.#socket,
      username: target.user,
      readyTimeout: 0,
      // Only the pings are wanted of it: who judges the silence is the watch, which counts bytes.
      keepaliveInterval: pingIntervalMs,
      keepaliveCountMax: Number.MAX_SAFE_INTEGER,
      // Forwarding to a Unix socket is offered by servers that do not call themselves OpenSSH, too.
      strictVendor: false,
      algorithms: { serverHostKey: hostKeyAlgorithms(this.#options.hostKeyTypes ?? []) },
      hostVerifier: (blob: Buffer, answer: (permitted: boolean) => void) => this.#verify(blob, answer),
      // ssh2 takes the next method, or false for "no more", as the value that is given back.
      authHandler: (methodsLeft) => {
        if (Array.isArray(methodsLeft)) this.#methodsLeft = methodsLeft;
        // Not before: the password may be known by the key only.
        this.#attempts ??= this.#authAttempts();
        const attempt = nextAttempt(this.#attempts, this.#methodsLeft);
        if (attempt === undefined) return false;
        this.#tried.push(attempt.name);
        return attempt.method;
      },
    });
  }

  #authAttempts(): AuthAttempt[] {
    const { target, credentials } = this.#options;
    return authAttempts(target.user, { ...credentials, password: this.#password }, (questions) => {
      this.#fail(strangeQuestions(target, questions));
    });
  }

  /** ssh2 asks again at every new key exchange: then it must be the key that was agreed to. */
  #verify(blob: Buffer, answer: (permitted: boolean) => void): void {
    if (this.#offered !== null) {
      answer(this.#verdict === "accepted" && this.#offered.blob.equals(blob));
      return;
    }
    const decide = async (): Promise<boolean> => {
      const print = keyPrintOf(blob);
      this.#offered = { blob: Buffer.from(blob), print };
      const key = { ...print, blobBase64: blob.toString("base64") };
      if (!(await this.#options.verifyHostKey(key))) return false;
      this.#password = (await this.#options.passwordFor?.(key)) ?? this.#password;
      return true;
    };
    // A person takes time to decide: when the connection has ended meanwhile, ssh2 has nothing left to answer and throws.
    const reply = (permitted: boolean): void => {
      if (!this.#socket.destroyed) answer(permitted);
    };
    decide().then(
      (permitted) => {
        this.#verdict = permitted ? "accepted" : "refused";
        reply(permitted);
      },
      (error: unknown) => {
        // Who cannot tell does not agree; what went wrong is the caller's to know.
        this.#verifyFailure = error;
        reply(false);
      },
    );
  }

  #explain(error: (Error & { level?: string }) | null): AppError {
    const { target } = this.#options;
    if (this.#verifyFailure instanceof AppError) return this.#verifyFailure;
    if (this.#verifyFailure !== null) return notVerified(target, this.#verifyFailure);
    if (this.#verdict === "refused" && this.#offered !== null) return hostKeyFault(target, this.#offered.print, error);
    if (!this.#spoken) return closedBeforeBanner(target, error);
    const message = error?.message ?? "it closed the connection";
    if (error?.level === "client-authentication" || (this.#tried.length > 0 && /authentication/i.test(message))) {
      return authFault(target, this.#methodsLeft, [...new Set(this.#tried)], error);
    }
    const fault = this.#verdict === "accepted" ? "unreachable" : "refused";
    return new SshConnectError(
      fault,
      `The SSH login at ${target.host}:${target.port} broke off: ${saidWords(message)}.`,
      {
        hint: "The SSH server may be overloaded, or too old to agree on a cipher with this machine.",
        cause: error,
      },
    );
  }
}
