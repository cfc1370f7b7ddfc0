import { Agent } from "node:http";
import { createRequire } from "node:module";
import type Docker from "dockerode";
import { AppError } from "../../../shared/domain/index.ts";
import { type DialerAgents, dialerAgents, socketAgent } from "../../ssh/index.ts";
import { connectionOf, type EngineAddress } from "./engine-address.ts";
import { takeOverRequests } from "./modem-requests.ts";

takeOverRequests();

export type Modem = Docker["modem"];

/** Sockets to the engine that are kept for the next request. */
const idleSocketsMax = 8;

/** The pools of sockets to an engine, for requests and for streams: mostly one and the same. */
export type EngineAgents = DialerAgents;

/** The pool of sockets to an engine: of this machine, or channels of the device's connection. */
export function agentsFor(address: EngineAddress): EngineAgents {
  const connection = connectionOf(address);
  if (connection !== null && "dialer" in address && address.dialer !== undefined) {
    return dialerAgents(connection, address.dialer);
  }
  const agent =
    connection === null
      ? new Agent({ keepAlive: true, maxFreeSockets: idleSocketsMax, scheduling: "lifo" })
      : socketAgent(connection, address.socketPath);
  return { requests: agent, streams: agent };
}

/** Loaded when it is first needed: what it brings along is a fifth of what every start of Bayplan would take. */
function loadDocker(): typeof Docker {
  return createRequire(import.meta.url)("dockerode");
}

/** docker-modem for one socket, whatever the environment says. Throws `bad-input` where it stumbles over that. */
export function makeModem(socketPath: string, version: string | null, agent: Agent): Modem {
  try {
    const options = {
      // Everything that the environment could fill in otherwise.
      host: "",
      port: undefined,
      protocol: "http" as const,
      pathPrefix: "/",
      ca: undefined,
      cert: undefined,
      key: undefined,
      timeout: undefined,
      socketPath,
      ...(version === null ? {} : { version: `v${version}` }),
      agent,
    };
    return new (loadDocker())(options).modem;
  } catch (error) {
    // It reads DOCKER_HOST and DOCKER_CERT_PATH before it looks at what it is given.
    throw new AppError("bad-input", `DOCKER_HOST or DOCKER_CERT_PATH cannot be used: ${String(error)}.`, {
      hint: "Unset them, or set DOCKER_HOST to unix:///path/to/the.sock.",
      cause: error,
    });
  }
}
