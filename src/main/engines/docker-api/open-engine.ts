import { homedir } from "node:os";
import type { EngineInfo } from "../../../shared/domain/index.ts";
import type { Engine } from "../engine.ts";
import { dockerAccounts, type RegistryAccounts } from "../registry-accounts/index.ts";
import { infoAnswer, versionAnswer } from "./answers.ts";
import { negotiateApiVersion } from "./api-version.ts";
import { DockerEngine } from "./docker-engine.ts";
import { type EngineAddress, viaOf } from "./engine-address.ts";
import { EngineHttp } from "./engine-http.ts";
import { engineInfoFrom } from "./engine-info.ts";

/** An engine that does not say who it is within this time does not answer. */
const openTimeoutMs = 10_000;

export interface OpenEngineOptions {
  /** How the local one was found, to be told with its info. */
  foundBy?: string | null;
  /** Whose accounts of registries it pulls with; those of docker's own configuration on this machine unless told. */
  accounts?: RegistryAccounts;
}

/**
 * Opens an engine that speaks the Docker API (Docker, Podman, balenaEngine), here or on a device, and agrees on an API
 * version with it. Throws `no-engine`, `engine-denied`, `unsupported`, `timed-out`, or what the connection ended with.
 */
export async function openEngine(
  address: EngineAddress,
  { foundBy = null, accounts = dockerAccounts({ home: homedir() }) }: OpenEngineOptions = {},
): Promise<Engine> {
  const { http, info } = await handshake(address);
  return new DockerEngine(http, { ...info, foundBy }, accounts);
}

async function handshake(address: EngineAddress): Promise<{ http: EngineHttp; info: EngineInfo }> {
  const unversioned = new EngineHttp(address, null);
  try {
    const ask = { method: "GET", timeoutMs: openTimeoutMs, what: "The container engine" } as const;
    const version = await unversioned.json(versionAnswer, { ...ask, path: "/version" });
    const apiVersion = negotiateApiVersion(version);
    const http = unversioned.withVersion(apiVersion);
    const info = await http.json(infoAnswer, { ...ask, path: "/info" });
    const found = engineInfoFrom(version, info, apiVersion, address.socketPath);
    const via = viaOf(address);
    return { http, info: via === undefined ? found : { ...found, via } };
  } catch (error) {
    unversioned.close();
    throw error;
  }
}
