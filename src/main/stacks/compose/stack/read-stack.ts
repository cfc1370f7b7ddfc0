import type { NetworkOptions, Service, Stack } from "../../../../shared/domain/index.ts";
import { ModelProblem, type Remark } from "../model-problem.ts";
import { at, type ModelNode } from "../node.ts";
import { type JsonMap, listAt, mapAt, stringAt } from "../project/json-value.ts";
import type { Project } from "../project/project.ts";
import { defaultNetwork } from "./default-network.ts";
import { remarkNotApplied } from "./not-applied.ts";
import { recordAt } from "./read-options.ts";
import { readService } from "./read-service.ts";

/** More services than this do not run on one small device; the bound keeps every check quick. */
const maxServices = 200;

/** Where a stack was read from. */
export interface StackOrigin {
  /** Absolute path of what a face shows. */
  file: string;
  files: readonly string[];
  envFiles: readonly string[] | null;
}

/**
 * The stack that a canonical model means to the runner. What the runner does not apply becomes a remark.
 * @throws ModelProblem for what cannot run: no service, too many, two that want the same name or port.
 */
export function readStack(project: Project, { file, files, envFiles }: StackOrigin, remark: Remark): Stack {
  const services = [...project.services.values()];
  if (services.length === 0) throw noServices(project, file);
  if (services.length > maxServices) {
    const message = `The file has more than ${maxServices} services.`;
    throw new ModelProblem("compose.too-large", message, at(project.root, "services")?.place ?? null);
  }
  remarkNotApplied(enabledOnly(project), remark);
  const read = services.map((service) => readService(project, service, remark));
  checkTaken(read);
  return {
    name: project.name,
    file,
    files: [...files],
    folder: project.folder,
    envFiles: envFiles === null ? null : [...envFiles],
    services: read,
    volumes: [...project.volumes].flatMap(([name, value]) =>
      value instanceof Map ? [readVolume(project, name, value)] : [],
    ),
    networks: [...project.networks].flatMap(([name, value]) =>
      value instanceof Map ? readNetwork(project, name, value) : [],
    ),
    loadDescription: readLoadDescription(project.root),
  };
}

function noServices(project: Project, file: string): ModelProblem {
  const written = at(project.root, "services");
  const place = written?.place ?? { file, line: 1, column: 1 };
  if (project.disabledServices.size > 0) {
    const names = [...project.disabledServices.keys()].join(", ");
    const message = `Every service (${names}) is of a profile that is not chosen.`;
    return new ModelProblem(
      "compose.no-services",
      message,
      place,
      "Choose one with --profile, or with COMPOSE_PROFILES.",
    );
  }
  return new ModelProblem(
    "compose.no-services",
    "The file has no services.",
    place,
    "Add at least one under `services:`.",
  );
}

/** What belongs to profiles that are not chosen is nobody's concern. */
function enabledOnly(project: Project): ModelNode {
  const services = at(project.root, "services");
  if (services?.kind !== "map") return project.root;
  const enabled = new Map([...services.entries].filter(([name]) => project.services.has(name)));
  return {
    ...project.root,
    entries: new Map([...project.root.entries, ["services", { ...services, entries: enabled }]]),
  };
}

/** A name of its own is what the engine calls a thing; the name that it gets anyway is none. */
function ownName(project: Project, key: string, value: JsonMap): { external: boolean; externalName: string | null } {
  const external = value.get("external") === true;
  const name = stringAt(value, "name");
  return { external, externalName: name === (external ? key : `${project.name}_${key}`) ? null : name };
}

function readVolume(project: Project, name: string, value: JsonMap): Stack["volumes"][number] {
  const said = ["driver", "driver_opts", "labels"].some((key) => value.has(key));
  const options = {
    driver: stringAt(value, "driver") || null,
    driverOptions: recordAt(value, "driver_opts"),
    labels: recordAt(value, "labels"),
  };
  return { name, ...ownName(project, name, value), options: said ? options : null };
}

function readNetworkOptions(value: JsonMap): NetworkOptions | null {
  const ipam = mapAt(value, "ipam");
  const pools = listAt(ipam, "config").filter((pool) => pool instanceof Map);
  const ipamDriver = stringAt(ipam, "driver") || null;
  const hasIpam = ipamDriver !== null || pools.length > 0;
  const said = ["driver_opts", "attachable", "enable_ipv6", "labels"].some((key) => value.has(key)) || hasIpam;
  if (!said) return null;
  const ipv6 = value.get("enable_ipv6");
  return {
    driverOptions: recordAt(value, "driver_opts"),
    attachable: value.get("attachable") === true,
    ipv6: typeof ipv6 === "boolean" ? ipv6 : null,
    labels: recordAt(value, "labels"),
    ipam: hasIpam ? { driver: ipamDriver, pools: pools.map(readPool) } : null,
  };
}

function readPool(pool: JsonMap) {
  return {
    subnet: stringAt(pool, "subnet") || null,
    gateway: stringAt(pool, "gateway") || null,
    range: stringAt(pool, "ip_range") || null,
    auxiliary: recordAt(pool, "aux_addresses"),
  };
}

function readNetwork(project: Project, name: string, value: JsonMap): Stack["networks"] {
  const own = ownName(project, name, value);
  const network = { name, ...own, internal: value.get("internal") === true, driver: stringAt(value, "driver") || null };
  const options = readNetworkOptions(value);
  const isPlain =
    !own.external && own.externalName === null && !network.internal && network.driver === null && options === null;
  return name === defaultNetwork && isPlain ? [] : [{ ...network, options }];
}

/** Two services cannot have one container name or one port of the host. */
function checkTaken(services: readonly Service[]): void {
  const taken = new Map<string, string>();
  const problems = services.flatMap((service) => {
    const ports = service.ports.filter(({ hostPort }) => hostPort !== null);
    const claims = [
      ...(service.containerName === null ? [] : [`the container name ${service.containerName}`]),
      ...new Set(ports.map((port) => `the port ${port.hostAddress ?? ""}:${port.hostPort}/${port.protocol}`)),
    ];
    return claims.flatMap((claim) => {
      const other = taken.get(claim);
      if (other === undefined) taken.set(claim, service.name);
      const message = `\`${service.name}\` and \`${other}\` both ask for ${claim}.`;
      return other === undefined ? [] : [new ModelProblem("compose.taken-twice", message, service.place)];
    });
  });
  ModelProblem.throwFirst(problems);
}

/** Top-level `x-bayplan: {load: "…"}`: how the stack is loaded while it is measured, in words. */
function readLoadDescription(root: ModelNode): string | null {
  const load = at(at(root, "x-bayplan"), "load");
  return load?.kind === "text" ? load.value : null;
}
