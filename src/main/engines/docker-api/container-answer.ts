import type { Container, ContainerState } from "../../../shared/domain/index.ts";
import { containerStateSchema } from "../../../shared/domain/index.ts";
import type { ContainerInspection } from "../engine.ts";
import type { ContainerAnswer, ListedContainer } from "./answers.ts";
import { portsFrom } from "./ports.ts";

/** Podman's own words for states that Docker has too. */
const podmanStates: Record<string, ContainerState> = {
  configured: "created",
  initialized: "created",
  stopping: "running",
  stopped: "exited",
};

function stateOf(status: string): ContainerState {
  const known = containerStateSchema.safeParse(status);
  return known.success ? known.data : (podmanStates[status] ?? "unknown");
}

function healthOf(answer: ContainerAnswer): Container["health"] {
  const status = answer.State.Health?.Status;
  return status === "healthy" || status === "unhealthy" || status === "starting" ? status : "none";
}

/** Go's zero time stands for "never". */
function timeOf(text: string): number | null {
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) || atMs <= 0 ? null : atMs;
}

const defaultPeriodUs = 100_000;

function cpuLimitOf(host: ContainerAnswer["HostConfig"]): number | null {
  if ((host.NanoCpus ?? 0) > 0) return (host.NanoCpus ?? 0) / 1e9;
  if ((host.CpuQuota ?? 0) > 0) return (host.CpuQuota ?? 0) / (host.CpuPeriod || defaultPeriodUs);
  return null;
}

/** An exit code means something only once the container has run and ended. */
function exitCodeOf(answer: ContainerAnswer): number | null {
  const ended = !answer.State.Running && timeOf(answer.State.FinishedAt) !== null;
  return ended ? answer.State.ExitCode : null;
}

/** A label may hold a file; a project or a service has a name. */
const nameMaxLength = 255;

function nameIn(label: string | undefined): string | null {
  return label === undefined || label.length > nameMaxLength ? null : label;
}

export function containerFrom(listed: ListedContainer, answer: ContainerAnswer): Container {
  const labels = answer.Config.Labels;
  const memoryBytes = answer.HostConfig.Memory ?? 0;
  return {
    id: answer.Id,
    name: answer.Name.replace(/^\//, ""),
    image: answer.Config.Image,
    state: stateOf(answer.State.Status),
    health: healthOf(answer),
    exitCode: exitCodeOf(answer),
    oomKilled: answer.State.OOMKilled ?? false,
    restarts: answer.RestartCount ?? 0,
    createdAtMs: timeOf(answer.Created) ?? 0,
    startedAtMs: timeOf(answer.State.StartedAt),
    finishedAtMs: timeOf(answer.State.FinishedAt),
    ports: portsFrom(listed.Ports ?? []),
    stack: nameIn(labels["com.docker.compose.project"]),
    service: nameIn(labels["com.docker.compose.service"]),
    memoryLimitBytes: memoryBytes > 0 ? memoryBytes : null,
    cpuLimitCores: cpuLimitOf(answer.HostConfig),
  };
}

export function inspectionFrom(answer: ContainerAnswer): ContainerInspection {
  return {
    id: answer.Id,
    name: answer.Name.replace(/^\//, ""),
    running: answer.State.Running,
    health: healthOf(answer),
    exitCode: exitCodeOf(answer),
    oomKilled: answer.State.OOMKilled ?? false,
    restarts: answer.RestartCount ?? 0,
    pid: answer.State.Running && (answer.State.Pid ?? 0) > 0 ? (answer.State.Pid ?? null) : null,
    labels: answer.Config.Labels,
    reach: reachOf(answer),
  };
}

function reachOf({ HostConfig, NetworkSettings }: ContainerAnswer): NonNullable<ContainerInspection["reach"]> {
  const own = Object.values(NetworkSettings?.Networks ?? {}).flatMap((network) => network?.IPAddress || []);
  const published = Object.entries(NetworkSettings?.Ports ?? {}).flatMap(([port, hosts]) => {
    const containerPort = Number(/^(\d+)\/tcp$/.exec(port)?.[1] ?? Number.NaN);
    return (hosts ?? []).flatMap(({ HostIp, HostPort }) => {
      const hostPort = Number(HostPort ?? Number.NaN);
      // A wildcard is an address to listen on, and none to connect to.
      const address = HostIp && HostIp !== "0.0.0.0" && HostIp !== "::" ? HostIp : "127.0.0.1";
      return containerPort > 0 && hostPort > 0 ? [{ containerPort, address, hostPort }] : [];
    });
  });
  return { addresses: HostConfig.NetworkMode === "host" ? ["127.0.0.1"] : own, published };
}
