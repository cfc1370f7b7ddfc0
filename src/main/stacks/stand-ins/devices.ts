import { join } from "node:path";
import { AppError, type Finding, type Mount, type Service, type Substitution } from "../../../shared/domain/index.ts";
import type { DeviceStandIn } from "../bayplan-file/local-settings.ts";
import { type LocalStandIns, type Step, shownFrom, standInPath } from "./local-stand-ins.ts";
import { wrong } from "./services.ts";

/** A pseudo terminal that is fed while the stack runs. */
export interface SerialPort {
  /** The node that it stands in for. */
  node: string;
  /** A link to it, which is what services mount. */
  link: string;
  source: { from: "file"; path: string } | { from: "tcp"; host: string; port: number };
  everyMs: number;
}

export interface DeviceStep extends Step {
  serial: SerialPort[];
}

/** True for a path that is there on this machine. */
export type IsHere = (path: string) => boolean;

/**
 * Device nodes that another one stands in for, mounted as devices or as binds.
 * @throws AppError `bad-input` with the place of a stand-in that is not here itself.
 */
export function standInDevices(
  services: readonly Service[],
  from: LocalStandIns,
  { isHere, folder }: { isHere: IsHere; folder: string },
): DeviceStep {
  const substitutions: Substitution[] = [];
  const serial = new Map<string, SerialPort>();
  const entries = new Map(Object.entries(from.local.devices));
  const change = (service: Service): Service => {
    const nodes = [...service.options.devices.map(({ source }) => source), ...bindSources(service)];
    let changed = service;
    for (const node of new Set(nodes)) {
      const standIn = entries.get(node);
      if (standIn === undefined) continue;
      const place = from.placeOf("devices", node);
      const told = (instead: string) =>
        substitutions.push({ kind: "device", service: service.name, what: node, instead, place });
      if (typeof standIn !== "string") {
        const port = serialPortOf(node, standIn, serial.size, from, folder);
        if (port.source.from === "file" && !isHere(port.source.path)) {
          throw wrong(place, `There is no file ${port.source.path} to feed ${node} from.`, "Correct its path.");
        }
        const known = serial.get(node) ?? port;
        serial.set(node, known);
        changed = asBind(changed, node, known.link);
        told(`a pseudo terminal fed from ${feedText(known, from)}`);
      } else if (standIn === "omit") {
        changed = withNode(changed, node, null);
        told("left out");
      } else {
        if (!isHere(standIn))
          throw wrong(place, `${standIn} is not on this machine either.`, "Name another node, or omit.");
        // A privileged container gets every node of this machine, and no other under a name of its own: there it is mounted.
        changed = service.options.privileged ? asBind(changed, node, standIn) : withNode(changed, node, standIn);
        told(standIn);
      }
    }
    return changed;
  };
  return { services: services.map(change), substitutions, serial: [...serial.values()] };
}

/**
 * Refuses a stack that asks for device nodes which are not here: the engine would fail late, or make a folder of their name.
 * @throws AppError `not-found` with the first of them and what to write.
 */
export function requireDevices(services: readonly Service[], isHere: IsHere): void {
  const missing = missingNodes(services, isHere).filter(({ service, isBind }) => isBind || !service.options.privileged);
  const [first] = missing;
  if (first === undefined) return;
  const { place, name } = first.service;
  const others = [...new Set(missing.map(({ node }) => node))].filter((node) => node !== first.node);
  const more = others.length === 0 ? "" : ` Nor are ${others.join(", ")}.`;
  throw new AppError(
    "not-found",
    `${place.file}:${place.line}:${place.column}: ${name} asks for ${first.node}, which is not on this machine.${more}`,
    {
      hint:
        `Plug it in, or say in bayplan.yaml what stands in for it: local: {devices: {${first.node}: omit}}. ` +
        "In the place of omit, /dev/null or {serial: FILE} will do, too.",
    },
  );
}

/** Nodes that a privileged service asks for and that are not here: the engine starts it all the same. */
export function missingWhenPrivileged(services: readonly Service[], isHere: IsHere): Finding[] {
  return missingNodes(services, isHere)
    .filter(({ service, isBind }) => service.options.privileged && !isBind)
    .map(({ service: { name, place }, node }) => ({
      rule: "local.device-missing",
      severity: "warning" as const,
      message: `${name} runs without ${node}, which is not on this machine: it is privileged, and gets what nodes there are.`,
      hint: "`local: devices:` of bayplan.yaml can put another one in its place.",
      place,
    }));
}

function missingNodes(services: readonly Service[], isHere: IsHere) {
  return services.flatMap((service) => {
    const binds = new Set(bindSources(service));
    const nodes = new Set([...service.options.devices.map(({ source }) => source), ...binds]);
    return [...nodes]
      .filter((node) => node.startsWith("/") && !isHere(node))
      .map((node) => ({ service, node, isBind: binds.has(node) }));
  });
}

/** Every path whose being here counts. */
export function pathsToLookFor(services: readonly Service[], from: LocalStandIns): string[] {
  const standIns = Object.values(from.local.devices).flatMap((standIn) => {
    if (typeof standIn === "string") return standIn === "omit" ? [] : [standIn];
    return standIn.serial.from === "file" ? [standInPath(from, standIn.serial.path)] : [];
  });
  const asked = services.flatMap((service) => [
    ...service.options.devices.map(({ source }) => source),
    ...bindSources(service),
  ]);
  return [...asked, ...standIns];
}

/** Nodes that a service mounts as it would a folder. */
function bindSources({ mounts }: Service): string[] {
  return mounts.flatMap(({ kind, source }) =>
    kind === "bind" && source !== null && source.startsWith("/dev/") ? [source] : [],
  );
}

function serialPortOf(
  node: string,
  { serial, every }: Exclude<DeviceStandIn, string>,
  number: number,
  from: LocalStandIns,
  folder: string,
): SerialPort {
  const source = serial.from === "file" ? { from: serial.from, path: standInPath(from, serial.path) } : serial;
  return { node, link: join(folder, `serial-${number}`), source, everyMs: every };
}

function feedText({ source, everyMs }: SerialPort, from: LocalStandIns): string {
  if (source.from === "tcp") return `${source.host}:${source.port}`;
  return `${shownFrom(from, source.path)}, a line every ${everyMs} ms`;
}

function withNode(service: Service, node: string, standIn: string | null): Service {
  const devices = service.options.devices.flatMap((device) =>
    device.source !== node ? [device] : standIn === null ? [] : [{ ...device, source: standIn }],
  );
  const mounts = service.mounts.flatMap((mount) =>
    mount.kind !== "bind" || mount.source !== node ? [mount] : standIn === null ? [] : [{ ...mount, source: standIn }],
  );
  return { ...service, mounts, options: { ...service.options, devices } };
}

/** A pseudo terminal works inside its own file system alone, so it is mounted and not given as a device. */
function asBind(service: Service, node: string, link: string): Service {
  const isAsked = ({ source }: { source: string | null }) => source === node;
  const targets = [
    ...service.options.devices.filter(isAsked).map(({ target }) => target),
    ...service.mounts.filter((mount) => mount.kind === "bind" && isAsked(mount)).map(({ target }) => target),
  ];
  const rest = withNode(service, node, null);
  const binds = targets.map(
    (target): Mount => ({ kind: "bind", source: link, target, readOnly: false, tmpfsBytes: null }),
  );
  return { ...rest, mounts: [...rest.mounts, ...binds] };
}
