import type { Dependency, PortMapping, Service } from "../../../shared/domain/index.ts";

const conditions: Record<Dependency["condition"], string> = {
  service_started: "started",
  service_healthy: "healthy",
  service_completed_successfully: "completed",
};

/** What somebody waits for, in a word. */
export function conditionWord(condition: Dependency["condition"]): string {
  return conditions[condition];
}

/** `8080:80`, `53/udp`, `127.0.0.1:1883`: as short as it stays clear. */
export function portText({ hostAddress, hostPort, containerPort, protocol }: PortMapping): string {
  const ports = hostPort === null || hostPort === containerPort ? `${containerPort}` : `${hostPort}:${containerPort}`;
  return `${hostAddress === null ? "" : `${hostAddress}:`}${ports}${protocol === "tcp" ? "" : `/${protocol}`}`;
}

/** The names of a service's volumes, and the folders of the machine that it sees. */
export function volumeNames({ mounts }: Service): string[] {
  return mounts.flatMap(({ kind, source }) => (source === null || kind === "tmpfs" ? [] : [source]));
}

/** The quiet line of a node: ports, how many volumes, and networks that were named. */
export function nodeDetail(service: Service): string {
  const volumes = volumeNames(service).length;
  const networks = service.networks.map(({ name }) => name).filter((name) => name !== "default");
  return [
    service.ports.map(portText).join(", "),
    volumes === 0 ? "" : `${volumes} ${volumes === 1 ? "volume" : "volumes"}`,
    networks.join(", "),
  ]
    .filter((part) => part !== "")
    .join(" · ");
}

/** What a service waits for, as a sentence goes on: `db to be healthy and cache to start`. */
export function waitsText({ dependsOn }: Service): string {
  const verbs: Record<Dependency["condition"], string> = {
    service_started: "to start",
    service_healthy: "to be healthy",
    service_completed_successfully: "to complete",
  };
  return listText(dependsOn.map(({ service, condition }) => `${service} ${verbs[condition]}`));
}

function listText(parts: readonly string[]): string {
  const last = parts.at(-1) ?? "";
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(", ")} and ${last}`;
}

/** Everything about a node, for who does not see the drawing. */
export function nodeLabel(service: Service, waitedBy: readonly string[]): string {
  const waits = service.dependsOn.length === 0 ? "waits for nothing" : `waits for ${waitsText(service)}`;
  const needed = waitedBy.length === 0 ? "" : `, needed by ${listText(waitedBy)}`;
  const detail = nodeDetail(service);
  return `${service.name}: ${waits}${needed}${detail === "" ? "" : `; ${detail}`}; line ${service.place.line}`;
}
