import type {
  Endpoint,
  Healthcheck,
  Place,
  PortMapping,
  Service,
  ServiceLimits,
} from "../../../../shared/domain/index.ts";
import { dependencySchema } from "../../../../shared/domain/index.ts";
import { ModelProblem, type Remark } from "../model-problem.ts";
import { at, keyOrPlace, type ModelNode } from "../node.ts";
import { parseDuration } from "../project/duration.ts";
import { type JsonMap, type JsonValue, listAt, mapAt, stringAt } from "../project/json-value.ts";
import type { Project, ProjectService } from "../project/project.ts";
import { readBuild } from "./read-build.ts";
import { readFiles } from "./read-files.ts";
import { readHooks } from "./read-hooks.ts";
import { readMounts } from "./read-mounts.ts";
import { readOptions, recordAt } from "./read-options.ts";

/** More ports than this are none of a small device. */
const maxPorts = 1000;

/**
 * A service as the runner takes it.
 * @throws ModelProblem for what no container of one engine can be: several replicas, a build that is elsewhere.
 */
export function readService(project: Project, service: ProjectService, remark: Remark): Service {
  const { value, node, name } = service;
  refuseReplicas(service);
  const own = at(node, "x-bayplan");
  return {
    name,
    place: keyOrPlace(node),
    image: textOrNull(value, "image"),
    build: readBuild(service),
    command: wordsOrNull(value, "command"),
    entrypoint: wordsOrNull(value, "entrypoint"),
    environment: textRecord(mapAt(value, "environment")),
    labels: textRecord(mapAt(value, "labels")),
    ports: readPorts(service, remark),
    mounts: readMounts(service, remark),
    networks: readNetworks(value),
    dependsOn: readDependsOn(project, value),
    healthcheck: readHealthcheck(mapAt(value, "healthcheck")),
    restart: readRestart(service),
    limits: readLimits(value),
    options: readOptions(service),
    files: readFiles(project, service),
    ...readHooks(value),
    containerName: textOrNull(value, "container_name"),
    hostName: textOrNull(value, "hostname"),
    user: textOrNull(value, "user"),
    workingFolder: textOrNull(value, "working_dir"),
    readOnly: value.get("read_only") === true,
    init: value.get("init") === true,
    stopSignal: textOrNull(value, "stop_signal"),
    stopGraceMs: milliseconds(value.get("stop_grace_period")),
    batch: isTrue(at(own, "batch")),
    load: isTrue(at(own, "load")),
  };
}

function placeOf(service: ProjectService, key: string): Place {
  return keyOrPlace(at(service.node, key) ?? service.node);
}

function textOrNull(map: JsonMap, key: string): string | null {
  return stringAt(map, key) || null;
}

function wordsOrNull(map: JsonMap, key: string): string[] | null {
  return map.get(key) === null ? null : listAt(map, key).filter((word) => typeof word === "string");
}

/** Variables and labels; one without a value is not set in the container. */
function textRecord(map: JsonMap | undefined): Record<string, string> {
  return Object.fromEntries(
    [...(map ?? [])].flatMap(([key, value]) => (typeof value === "string" ? [[key, value]] : [])),
  );
}

function isTrue(node: ModelNode | undefined): boolean {
  return node?.kind === "bool" && node.value;
}

function milliseconds(value: JsonValue | undefined): number | null {
  const nanoseconds = typeof value === "string" ? parseDuration(value) : null;
  return nanoseconds === null ? null : Number(nanoseconds) / 1e6;
}

/** One container is run for a service: a verdict on one of several would be too good. */
function refuseReplicas(service: ProjectService): void {
  const replicas = service.value.get("scale") ?? mapAt(service.value, "deploy")?.get("replicas") ?? 1n;
  if (typeof replicas !== "bigint" || replicas === 1n) return;
  const node = at(service.node, "scale") ?? at(at(service.node, "deploy"), "replicas") ?? service.node;
  const message = `Service \`${service.name}\` asks for ${replicas} replicas; one container per service is run.`;
  const hint = "Set it to 1, or write the service down several times.";
  throw new ModelProblem("compose.bad-value", message, node.place, hint);
}

function readPorts(service: ProjectService, remark: Remark): PortMapping[] {
  const ports = listAt(service.value, "ports");
  const nodes = at(service.node, "ports");
  if (ports.length > maxPorts) {
    const message = `Service \`${service.name}\` publishes more than ${maxPorts} ports.`;
    throw new ModelProblem("compose.bad-value", message, placeOf(service, "ports"));
  }
  return ports.flatMap((port, index) => {
    const place = (nodes?.kind === "list" ? nodes.items[index]?.place : undefined) ?? placeOf(service, "ports");
    return port instanceof Map ? [readPort(service, port, place, remark)] : [];
  });
}

function readPort(service: ProjectService, port: JsonMap, place: Place, remark: Remark): PortMapping {
  const target = Number(port.get("target") ?? 0);
  const published = stringAt(port, "published");
  const [first = "", last] = published.split("-");
  const hostPort = Number(first === "" ? 0 : first);
  const protocol = stringAt(port, "protocol").toLowerCase();
  const isPort = (value: number) => Number.isInteger(value) && value <= 65_535;
  if (!isPort(target) || target < 1 || !isPort(hostPort) || hostPort < 0 || !isProtocol(protocol)) {
    const hint = "It needs a `target` of 1 to 65535; `published` and `protocol` (tcp, udp, sctp) are optional.";
    const message = `A port of service \`${service.name}\` cannot be understood.`;
    throw new ModelProblem("compose.bad-value", message, place, hint);
  }
  if (last !== undefined) {
    const message = `Of the host ports ${published} only ${first} is used.`;
    const hint = "Name one host port, or none to get a free one.";
    remark({ rule: "compose.port-range", severity: "warning", message, place, hint });
  }
  return {
    containerPort: target,
    hostPort: hostPort === 0 ? null : hostPort,
    hostAddress: textOrNull(port, "host_ip"),
    protocol,
  };
}

function isProtocol(text: string): text is PortMapping["protocol"] {
  return text === "tcp" || text === "udp" || text === "sctp";
}

function readNetworks(value: JsonMap): Service["networks"] {
  const networks = [...(mapAt(value, "networks") ?? [])].map(([name, network]) => ({
    name,
    aliases: network instanceof Map ? textsOf(network, "aliases") : [],
    endpoint: network instanceof Map ? readEndpoint(network) : null,
  }));
  return networks.sort((a, b) => (b.endpoint?.priority ?? 0) - (a.endpoint?.priority ?? 0));
}

function textsOf(map: JsonMap, key: string): string[] {
  return listAt(map, key).filter((item) => typeof item === "string");
}

/** Null when nothing is said but aliases. */
function readEndpoint(network: JsonMap): Endpoint | null {
  const said = [...network.keys()].some((key) => key !== "aliases");
  if (!said) return null;
  return {
    ipv4Address: textOrNull(network, "ipv4_address"),
    ipv6Address: textOrNull(network, "ipv6_address"),
    linkLocalAddresses: textsOf(network, "link_local_ips"),
    macAddress: textOrNull(network, "mac_address"),
    driverOptions: recordAt(network, "driver_opts"),
    priority: Number(network.get("priority") ?? 0),
  };
}

/** Dependencies that are part of the stack; an optional one may be missing, or of a profile that is not chosen. */
function readDependsOn(project: Project, value: JsonMap): Service["dependsOn"] {
  return [...(mapAt(value, "depends_on") ?? [])].flatMap(([service, dependency]) => {
    if (!project.services.has(service) || !(dependency instanceof Map)) return [];
    const condition = dependencySchema.shape.condition.parse(dependency.get("condition"));
    return [{ service, condition, restart: dependency.get("restart") === true }];
  });
}

function readHealthcheck(check: JsonMap | undefined): Healthcheck | null {
  if (check === undefined) return null;
  const retries = check.get("retries");
  return {
    test: check.get("disable") === true ? ["NONE"] : listAt(check, "test").filter((word) => typeof word === "string"),
    intervalMs: milliseconds(check.get("interval")),
    timeoutMs: milliseconds(check.get("timeout")),
    startPeriodMs: milliseconds(check.get("start_period")),
    retries: typeof retries === "bigint" ? Number(retries) : null,
  };
}

function readRestart(service: ProjectService): Service["restart"] {
  const deployed = mapAt(mapAt(service.value, "deploy"), "restart_policy");
  if (deployed !== undefined) return deployedRestart(deployed);
  const text = stringAt(service.value, "restart") || "no";
  const match = /^on-failure(?::(\d{1,9}))?$/.exec(text);
  if (match !== null) return { policy: "on-failure", maximumRetries: match[1] === undefined ? null : Number(match[1]) };
  if (text === "no" || text === "always" || text === "unless-stopped") return { policy: text, maximumRetries: null };
  const message = `"${text.slice(0, 40)}" is not a restart policy.`;
  const hint = 'Write "no", always, unless-stopped, on-failure or on-failure:5.';
  throw new ModelProblem("compose.bad-value", message, at(service.node, "restart")?.place ?? service.node.place, hint);
}

/** What Compose makes of `deploy.restart_policy`, which counts more than `restart`: without a known condition there is none. */
function deployedRestart(policy: JsonMap): Service["restart"] {
  const condition = stringAt(policy, "condition");
  const attempts = Number(policy.get("max_attempts") ?? 0);
  if (condition === "any" || condition === "always") return { policy: "always", maximumRetries: null };
  if (condition === "unless-stopped") return { policy: "unless-stopped", maximumRetries: null };
  if (condition === "on-failure") return { policy: "on-failure", maximumRetries: attempts > 0 ? attempts : null };
  return { policy: "no", maximumRetries: null };
}

/** Own keys, else those of `deploy`; zero (and -1 for pids) is Compose's way to write "no limit". */
function readLimits(value: JsonMap): ServiceLimits {
  const resources = mapAt(mapAt(value, "deploy"), "resources");
  const limits = mapAt(resources, "limits");
  const positive = (own: JsonValue | undefined, deployed: JsonValue | undefined): number | null => {
    const number = Number(own ?? deployed ?? 0);
    return number > 0 ? number : null;
  };
  return {
    memoryBytes: positive(value.get("mem_limit"), limits?.get("memory")),
    memoryReservationBytes: positive(value.get("mem_reservation"), mapAt(resources, "reservations")?.get("memory")),
    cpuCores: positive(value.get("cpus"), limits?.get("cpus")),
    pids: positive(value.get("pids_limit"), limits?.get("pids")),
  };
}
