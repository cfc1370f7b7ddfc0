import { AppError } from "../../../../shared/domain/index.ts";
import { kantoSizeText, qualifiedImage } from "../../../engines/index.ts";
import { type JsonMap, type JsonValue, listAt, mapAt, stringAt } from "../../compose/project/json-value.ts";
import type { Project, ProjectService } from "../../compose/project/project.ts";
import { meaningOfLoss, saidKeys } from "./kanto-keys.ts";
import type { Losses } from "./losses.ts";

/** What both of Kanto's dialects can say of a container. */
export interface KantoDefinition {
  name: string;
  image: string;
  hostName: string | null;
  domainName: string | null;
  mounts: { source: string; target: string; propagation: string }[];
  environment: string[];
  command: string[] | null;
  terminal: boolean;
  openStdin: boolean;
  devices: { source: string; target: string; permissions: string }[];
  isHostNetwork: boolean;
  privileged: boolean;
  restart: { type: string; retries: number };
  extraHosts: string[];
  capabilities: string[];
  ports: { protocol: string; containerPort: number; address: string; first: number; last: number }[];
  log: { type: string; files: number | null; size: string | null } | null;
  runtime: string | null;
  memory: string | null;
  reservation: string | null;
  swap: string | null;
}

const leastMemoryBytes = 3 * 1024 ** 2;

/**
 * A service as Kanto can say it; the rest goes to `losses`.
 * @throws AppError `bad-input` for a service without an image that can be pulled.
 */
export function kantoDefinition(project: Project, service: ProjectService, losses: Losses): KantoDefinition {
  const { value } = service;
  for (const [key, content] of value) {
    if (saidKeys.has(key) || key.startsWith("x-") || isNothing(content)) continue;
    losses.add(service, key, meaningOfLoss(key));
  }
  const image = stringAt(value, "image");
  if (image === "") {
    const hint = "Build it, push it to a registry, and write that name under `image`.";
    throw new AppError("bad-input", `\`${service.name}\` has no image: Kanto builds none, and pulls it by its name.`, {
      hint,
    });
  }
  const isHostNetwork = networkOf(service, losses);
  return {
    name: nameOf(service),
    image: qualifiedImage(image),
    hostName: stringAt(value, "hostname") || null,
    domainName: stringAt(value, "domainname") || null,
    mounts: mountsOf(service, losses),
    environment: environmentOf(service, losses),
    command: textsAt(value, "command"),
    terminal: value.get("tty") === true,
    openStdin: value.get("stdin_open") === true,
    ...rightsOf(service, losses),
    isHostNetwork,
    restart: restartOf(value),
    extraHosts: hostsOf(project, service, isHostNetwork, losses),
    ports: isHostNetwork ? [] : portsOf(service, losses),
    log: logOf(service, losses),
    runtime: stringAt(value, "runtime") || null,
    ...memoryOf(service, losses),
  };
}

function isNothing(content: JsonValue): boolean {
  if (Array.isArray(content)) return content.length === 0;
  return content === null || content === false || (content instanceof Map && content.size === 0);
}

function nameOf({ value, name }: ProjectService): string {
  return stringAt(value, "container_name") || name.replace(/^[.-]/, "_");
}

function textsAt(map: JsonMap, key: string): string[] | null {
  const texts = listAt(map, key).filter((item) => typeof item === "string");
  return texts.length === 0 ? null : texts;
}

function mapsAt(map: JsonMap, key: string): JsonMap[] {
  return listAt(map, key).flatMap((item) => (item instanceof Map ? [item] : []));
}

/** True for the host's network. */
function networkOf(service: ProjectService, losses: Losses): boolean {
  const mode = stringAt(service.value, "network_mode");
  const isHost = mode === "host";
  if (mode !== "" && !isHost && mode !== "bridge")
    losses.add(service, "network_mode", "Kanto has its one bridge and the host's network");
  if (isHost && listAt(service.value, "ports").length > 0)
    losses.add(service, "ports", "Kanto refuses them on the host's network, where every port is open");
  const names = [...(mapAt(service.value, "networks")?.keys() ?? [])].filter((name) => name !== "default");
  if (names.length > 0) losses.add(service, "networks", "Kanto has its one bridge and the host's network");
  return isHost;
}

function mountsOf(service: ProjectService, losses: Losses): KantoDefinition["mounts"] {
  if (listAt(service.value, "tmpfs").length > 0)
    losses.add(service, "tmpfs", "Kanto mounts folders of the device only");
  return mapsAt(service.value, "volumes").flatMap((mount) => {
    const type = stringAt(mount, "type");
    const source = stringAt(mount, "source");
    const target = stringAt(mount, "target");
    const lose = (why: string) => losses.add(service, "volumes", why, `the ${type} at ${target}`);
    if (type !== "bind") {
      lose("Kanto mounts folders of the device only");
      return [];
    }
    if (mount.get("read_only") === true) {
      losses.add(service, "volumes", "Kanto mounts for writing only", `\`read_only\` at ${target}`);
    }
    const propagation = stringAt(mapAt(mount, "bind"), "propagation") || "rprivate";
    return [{ source, target, propagation }];
  });
}

function environmentOf(service: ProjectService, losses: Losses): string[] {
  return [...(mapAt(service.value, "environment") ?? [])].flatMap(([name, value]) => {
    if (typeof value !== "string") return [];
    if (/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) && !value.includes("\n")) return [`${name}=${value}`];
    losses.add(
      service,
      "environment",
      "Kanto takes names of letters, digits and underscores, and values of one line",
      `the variable ${name}`,
    );
    return [];
  });
}

/** Kanto refuses a privileged container that asks for what it has anyway. */
function rightsOf(
  service: ProjectService,
  losses: Losses,
): Pick<KantoDefinition, "privileged" | "devices" | "capabilities"> {
  const privileged = service.value.get("privileged") === true;
  const devices = mapsAt(service.value, "devices").map((device) => ({
    source: stringAt(device, "source"),
    target: stringAt(device, "target") || stringAt(device, "source"),
    permissions: stringAt(device, "permissions") || "rwm",
  }));
  const moved = devices.some(({ source, target }) => source !== target);
  if (privileged && moved)
    losses.add(service, "devices", "a privileged container has every device, under the device's own path");
  const capabilities = textsAt(service.value, "cap_add") ?? [];
  return privileged ? { privileged, devices: [], capabilities: [] } : { privileged, devices, capabilities };
}

function restartOf(value: JsonMap): KantoDefinition["restart"] {
  const [type = "", retries = "0"] = (stringAt(value, "restart") || "no").split(":");
  return { type, retries: Number(retries) };
}

/** Names of other hosts; a service that is depended on can be resolved on Kanto's bridge by this only. */
function hostsOf(project: Project, service: ProjectService, isHostNetwork: boolean, losses: Losses): string[] {
  const written = listAt(service.value, "extra_hosts").flatMap((entry): string[] => {
    const [, name = "", address = ""] = typeof entry === "string" ? (/^([^=]+)=(.+)$/.exec(entry) ?? []) : [];
    if (address === "host-gateway" && isHostNetwork) {
      losses.add(service, "extra_hosts", "Kanto refuses it on the host's network", `the host ${name}`);
      return [];
    }
    return name === "" ? [] : [`${name}:${address === "host-gateway" ? "host_ip" : address}`];
  });
  if (isHostNetwork) return written;
  const others = [...(mapAt(service.value, "depends_on")?.keys() ?? [])].flatMap((name) => {
    const other = project.services.get(name);
    if (other === undefined || stringAt(other.value, "network_mode") !== "") return [];
    const hostName = stringAt(other.value, "hostname") || `${nameOf(other)}-host`;
    return [name, ...aliasesOf(other)].map((alias) => `${alias}:container_${hostName}`);
  });
  return [...new Set([...written, ...others])];
}

function aliasesOf({ value }: ProjectService): string[] {
  return [...(mapAt(value, "networks")?.values() ?? [])].flatMap((network) =>
    network instanceof Map ? (textsAt(network, "aliases") ?? []) : [],
  );
}

function portsOf(service: ProjectService, losses: Losses): KantoDefinition["ports"] {
  return mapsAt(service.value, "ports").flatMap((port) => {
    const containerPort = Number(port.get("target") ?? 0);
    const protocol = (stringAt(port, "protocol") || "tcp").toLowerCase();
    const published = stringAt(port, "published");
    const lose = (why: string) => losses.add(service, "ports", why, `the port ${containerPort}/${protocol}`);
    if (protocol !== "tcp" && protocol !== "udp") lose("Kanto maps tcp and udp");
    else if (published === "" || published === "0") lose("it has no port of the host, and Kanto picks none by itself");
    else {
      const [first = "", last = first] = published.split("-");
      const address = stringAt(port, "host_ip") || "0.0.0.0";
      return [{ protocol, containerPort, address, first: Number(first), last: Number(last) }];
    }
    return [];
  });
}

function logOf(service: ProjectService, losses: Losses): KantoDefinition["log"] {
  const logging = mapAt(service.value, "logging");
  if (logging === undefined) return null;
  const type = stringAt(logging, "driver") || "json-file";
  if (type !== "json-file" && type !== "none") {
    losses.add(service, "logging", "Kanto logs to json-file or nowhere");
    return null;
  }
  const options = mapAt(logging, "options") ?? new Map<string, JsonValue>();
  const files = Number(options.get("max-file") ?? 0);
  const size = String(options.get("max-size") ?? "");
  const isSize = /^\d+(\.\d+)?[kmg]$/i.test(size);
  for (const name of options.keys()) {
    if (name === "max-file" || (name === "max-size" && isSize)) continue;
    losses.add(service, "logging", "Kanto rotates by `max-file` and `max-size` in k, m or g", `the log option ${name}`);
  }
  if (type === "none") return { type, files: null, size: null };
  // Kanto refuses json-file without both: these are its own defaults.
  return { type, files: files > 0 ? files : 2, size: isSize ? size : "100m" };
}

function memoryOf(service: ProjectService, losses: Losses): Pick<KantoDefinition, "memory" | "reservation" | "swap"> {
  const { value } = service;
  const resources = mapAt(mapAt(value, "deploy"), "resources");
  const own = (key: string, deployed: JsonValue | undefined): number => Number(value.get(key) ?? deployed ?? 0);
  const limit = own("mem_limit", mapAt(resources, "limits")?.get("memory"));
  const reservation = own("mem_reservation", mapAt(resources, "reservations")?.get("memory"));
  const swap = own("memswap_limit", undefined);
  for (const key of ["cpus", "pids"]) {
    if (mapAt(resources, "limits")?.has(key) === true)
      losses.add(service, "deploy", "Kanto has no such field", `the limit of ${key}`);
  }
  const tooLittle = limit > 0 && limit < leastMemoryBytes;
  const keeps = limit > 0 && !tooLittle;
  const tooMuch = reservation > 0 && keeps && reservation > limit;
  if (tooLittle)
    losses.add(
      service,
      value.has("mem_limit") ? "mem_limit" : "deploy",
      "Kanto refuses a limit below 3 MiB",
      "the limit of memory",
    );
  if (tooMuch) losses.add(service, "mem_reservation", "Kanto refuses one above the limit");
  const hasSwap = swap === -1 || swap >= limit;
  if (swap !== 0 && (!keeps || !hasSwap))
    losses.add(service, "memswap_limit", "Kanto takes it with a limit of memory that is not above it");
  return {
    memory: keeps ? kantoSizeText(limit) : null,
    reservation: reservation > 0 && !tooMuch ? kantoSizeText(reservation) : null,
    swap: swap === 0 || !keeps || !hasSwap ? null : swap === -1 ? "-1" : kantoSizeText(swap),
  };
}
