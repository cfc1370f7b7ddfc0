import { connect } from "node:net";
import type { Service } from "../../../shared/domain/index.ts";
import type { Engine } from "../../engines/index.ts";
import type { RunningStack } from "../../stacks/index.ts";
import { throwIfCancelled, waitUnless } from "../run/wait.ts";

const connectTimeoutMs = 500;
const lookAgainMs = 250;
const portWaitMs = 10_000;

export interface Address {
  host: string;
  port: number;
}

/**
 * Where this machine reaches a port of a service: at the container's own address, else (an engine in a virtual machine) at the port
 * that it publishes. Waits up to 10 s until something listens; gives the first address when nothing does, null when there is none.
 */
export async function addressOf(
  { engine, running, signal }: { engine: Engine; running: RunningStack; signal: AbortSignal },
  service: string,
  port: number,
): Promise<Address | null> {
  const containerId = running.services.get(service)?.containerIds[0];
  if (containerId === undefined) return null;
  const endMs = performance.now() + portWaitMs;
  for (;;) {
    throwIfCancelled(signal);
    const { reach } = await engine.inspectContainer(containerId);
    const own = (reach?.addresses ?? []).map((host) => ({ host, port }));
    const published = (reach?.published ?? []).filter((one) => one.containerPort === port);
    const all = [...own, ...published.map(({ address, hostPort }) => ({ host: address, port: hostPort }))];
    for (const address of all) if (await listens(address)) return address;
    if (performance.now() > endMs || all.length === 0) return all[0] ?? null;
    await waitUnless(lookAgainMs, signal);
  }
}

/** Variables that tell a script where the services are: `BAYPLAN_SERVICE_WEB=172.18.0.2:8080`, without a port that is not known. */
export async function serviceVariables(
  { engine, running }: { engine: Engine; running: RunningStack },
  services: readonly Service[],
): Promise<Record<string, string>> {
  const variables: Record<string, string> = {};
  for (const service of services) {
    const containerId = running.services.get(service.name)?.containerIds[0];
    if (containerId === undefined) continue;
    const host = (await engine.inspectContainer(containerId)).reach?.addresses[0];
    if (host === undefined) continue;
    const port = firstPort(service);
    variables[variableOf(service.name)] = port === null ? host : `${host}:${port}`;
  }
  return variables;
}

/** `BAYPLAN_SERVICE_MY_WEB` for `my-web`. */
export function variableOf(service: string): string {
  return `BAYPLAN_SERVICE_${service.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_")}`;
}

/** The first port that it publishes or exposes; null: the file says none. */
function firstPort({ ports, options }: Service): number | null {
  const published = ports.find(({ protocol }) => protocol === "tcp")?.containerPort;
  const exposed = options.exposedPorts.map((text) => Number(/^(\d+)(?:\/tcp)?$/.exec(text)?.[1] ?? Number.NaN));
  return published ?? exposed.find((port) => port > 0) ?? null;
}

function listens({ host, port }: Address): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(connectTimeoutMs, () => end(false));
    socket.once("connect", () => end(true));
    socket.once("error", () => end(false));
  });
}
