import { homedir } from "node:os";
import { AppError, type EngineInfo } from "../../../shared/domain/index.ts";
import type { Engine } from "../engine.ts";
import { dockerAccounts, type RegistryAccounts } from "../registry-accounts/index.ts";
import { infoAnswer, versionAnswer } from "./answers.ts";
import { negotiateApiVersion } from "./api-version.ts";
import { DockerEngine } from "./docker-engine.ts";
import { type EngineAddress, viaOf } from "./engine-address.ts";
import { EngineHttp } from "./engine-http.ts";
import { engineInfoFrom } from "./engine-info.ts";

/** An engine that gives no sign of life within this time does not answer. */
const silenceMaxMs = 10_000;
/** One that does may need longer to say who it is: on Debian, Podman asks dpkg for the package of each program that it uses. */
const patienceMs = 60_000;
const what = "The container engine";

export interface OpenEngineOptions {
  /** How the local one was found, to be told with its info. */
  foundBy?: string | null;
  /** Whose accounts of registries it pulls with; those of docker's own configuration on this machine unless told. */
  accounts?: RegistryAccounts;
  /** How long it may give no sign of life; 10,000 unless told. */
  silenceMs?: number;
}

/**
 * Opens an engine that speaks the Docker API (Docker, Podman, balenaEngine), here or on a device, and agrees on an API
 * version with it. Throws `no-engine`, `engine-denied`, `unsupported`, `timed-out`, or what the connection ended with.
 */
export async function openEngine(
  address: EngineAddress,
  { foundBy = null, accounts = dockerAccounts({ home: homedir() }), silenceMs = silenceMaxMs }: OpenEngineOptions = {},
): Promise<Engine> {
  const { http, info } = await handshake(address, silenceMs);
  return new DockerEngine(http, { ...info, foundBy }, accounts);
}

async function handshake(address: EngineAddress, silenceMs: number): Promise<{ http: EngineHttp; info: EngineInfo }> {
  const unversioned = new EngineHttp(address, null);
  try {
    return await whileItLives(unversioned, silenceMs, async (signal) => {
      const ask = { method: "GET", timeoutMs: patienceMs, what, signal } as const;
      const version = await unversioned.json(versionAnswer, { ...ask, path: "/version" });
      const apiVersion = negotiateApiVersion(version);
      const http = unversioned.withVersion(apiVersion);
      const info = await http.json(infoAnswer, { ...ask, path: "/info" });
      const found = engineInfoFrom(version, info, apiVersion, address.socketPath);
      const via = viaOf(address);
      return { http, info: via === undefined ? found : { ...found, via } };
    });
  } catch (error) {
    unversioned.close();
    throw error;
  }
}

/** Gives an answer that is long in coming its time, as long as the engine answers a ping meanwhile; else `timed-out`. */
async function whileItLives<T>(
  http: EngineHttp,
  silenceMs: number,
  ask: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  let silence: unknown = null;
  // Soon, before all that it does for the answer has taken its processor away from it.
  const pingMs = silenceMs * 0.95;
  const timer = setTimeout(() => {
    http.send({ method: "GET", path: "/_ping", timeoutMs: pingMs, what }).catch((error: unknown) => {
      silence = error;
      stop.abort();
    });
  }, silenceMs - pingMs);
  try {
    return await ask(stop.signal);
  } catch (error) {
    if (silence === null) throw error;
    if (!(silence instanceof AppError) || silence.code !== "timed-out") throw silence;
    throw new AppError("timed-out", `${what}: the engine has not answered for ${silenceMs / 1000} s.`, {
      ...(silence.hint === null ? {} : { hint: silence.hint }),
      cause: silence,
    });
  } finally {
    clearTimeout(timer);
  }
}
