import type { Container, ContainerState } from "../../../shared/domain/index.ts";
import type { ContainerInspection } from "../engine.ts";
import type { KantoContainer } from "./container-json.ts";
import { parseSize } from "./sizes.ts";

type Port = Container["ports"][number];

/** Kanto's states by their number (containerm/containers/types/state.go). */
const states: readonly ContainerState[] = [
  "created",
  "created",
  "running",
  "exited",
  "paused",
  "exited",
  "dead",
  "unknown",
];

export function stateOf({ state }: KantoContainer): ContainerState {
  return state.restarting ? "restarting" : (states[state.status] ?? "unknown");
}

function timeOf(text: string): number | null {
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) || atMs <= 0 ? null : atMs;
}

function hasEnded(container: KantoContainer): boolean {
  const state = stateOf(container);
  return state === "exited" || state === "dead";
}

function portsOf(container: KantoContainer): Port[] {
  return (container.host_config?.port_mappings ?? []).flatMap((mapping): Port[] => {
    const protocol = mapping.proto === "" ? "tcp" : mapping.proto.toLowerCase();
    if (protocol !== "tcp" && protocol !== "udp" && protocol !== "sctp") return [];
    const anyAddress = mapping.host_ip === "" || mapping.host_ip === "0.0.0.0";
    return [
      {
        containerPort: mapping.container_port,
        // Out of a range the daemon takes the first that is free, and does not say which.
        hostPort: mapping.host_port > 0 && mapping.host_port_end <= mapping.host_port ? mapping.host_port : null,
        hostAddress: anyAddress ? null : mapping.host_ip,
        protocol,
      },
    ];
  });
}

export function containerFrom(container: KantoContainer): Container {
  const { state } = container;
  const memory = container.host_config?.resources?.memory ?? "";
  return {
    id: container.container_id,
    name: container.container_name,
    image: container.image.name,
    state: stateOf(container),
    health: "none",
    exitCode: hasEnded(container) ? state.exit_code : null,
    oomKilled: state.oomKilled || state.oom_killed,
    restarts: Math.max(0, container.restart_count),
    createdAtMs: timeOf(container.created) ?? 0,
    startedAtMs: timeOf(state.started_at),
    finishedAtMs: hasEnded(container) ? timeOf(state.finished_at) : null,
    ports: portsOf(container),
    stack: null,
    service: null,
    memoryLimitBytes: memory === "" ? null : parseSize(memory),
    cpuLimitCores: null,
  };
}

export function inspectionFrom(container: KantoContainer): ContainerInspection {
  const { id, name, exitCode, oomKilled, restarts } = containerFrom(container);
  const running = stateOf(container) === "running" || stateOf(container) === "paused";
  return {
    id,
    name,
    running,
    health: "none",
    exitCode,
    oomKilled,
    restarts,
    pid: running && container.state.pid > 0 ? container.state.pid : null,
    labels: {},
  };
}
