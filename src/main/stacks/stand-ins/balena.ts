import { createHash } from "node:crypto";
import type { Finding, Service, Stack, Substitution } from "../../../shared/domain/index.ts";
import { bindStandIn, requireHere } from "./binds.ts";
import type { IsHere } from "./devices.ts";
import { type LocalStandIns, type Step, shownFrom } from "./local-stand-ins.ts";

/** The board that a stack is to think it runs on. */
export interface Board {
  /** The id of a model of the catalogue, or null for another machine. */
  model: string | null;
  /** `linux/arm64`. */
  platform: string | null;
}

/** Where balena mounts the host's system bus (balena-supervisor src/compose/utils.ts). */
const busFolder = "/host/run/dbus";
/** Both names of the folder on a host. */
const hostBusFolders = ["/run/dbus", "/var/run/dbus"];

/** What nobody has to answer for: no device has these numbers, and nobody listens there. */
const hostOsVersion = "balenaOS 6.0.0";
const supervisorVersion = "17.0.0";
const supervisorPort = "48484";

/** How balena calls the boards of the catalogue (balena-io/contracts, contracts/hw.device-type). */
const deviceTypes: readonly (readonly [RegExp, string])[] = [
  [/^rpi-zero-w$/, "raspberry-pi"],
  [/^rpi-zero-2-w$/, "raspberrypi0-2w-64"],
  [/^rpi-2b$/, "raspberry-pi2"],
  [/^rpi-(?:3b|3b-plus|cm3-plus)$/, "raspberrypi3-64"],
  [/^rpi-(?:4b-\d+gb|400|cm4-\d+gb)$/, "raspberrypi4-64"],
  [/^rpi-(?:5|cm5)-\d+gb$/, "raspberrypi5"],
  [/^balenafin-v1$/, "fincm3"],
  [/^jetson-nano-4gb$/, "jetson-nano"],
  [/^jetson-nano-2gb$/, "jetson-nano-2gb-devkit"],
  [/^jetson-orin-nano/, "jetson-orin-nano-devkit-nvme"],
  [/^jetson-xavier-nx$/, "jetson-xavier-nx-devkit"],
  [/^beaglebone-black$/, "beaglebone-black"],
  [/^beagleplay$/, "beagleplay"],
  [/^beaglebone-ai64$/, "beaglebone-ai64"],
  [/^revpi-connect-4$/, "revpi-connect-4"],
  [/^revpi-connect-s$/, "revpi-connect-s"],
  [/^rock-pi-4b$/, "rockpi-4b-rk3399"],
  [/^up-board/, "up-board"],
  [/^intel-nuc/, "intel-nuc"],
];

const archs: Readonly<Record<string, { arch: string; generic: string }>> = {
  "linux/amd64": { arch: "amd64", generic: "generic-amd64" },
  "linux/arm64": { arch: "aarch64", generic: "generic-aarch64" },
  "linux/arm/v7": { arch: "armv7hf", generic: "generic-armv7ahf" },
  "linux/arm/v6": { arch: "rpi", generic: "raspberry-pi" },
};

/** What balena calls a board, and its processor. */
export function balenaDevice({ model, platform }: Board): { deviceType: string; arch: string } {
  const { arch, generic } = archs[platform ?? ""] ?? { arch: "amd64", generic: "generic-amd64" };
  const known = model === null ? undefined : deviceTypes.find(([pattern]) => pattern.test(model));
  return { deviceType: known?.[1] ?? generic, arch };
}

/** Gives services what balena sets on a device, with values that stand in; what the file sets itself counts more. */
export function standInBalena(services: readonly Service[], stack: Stack, board: Board): Step {
  const substitutions: Substitution[] = [];
  const change = (service: Service): Service => {
    const added = new Map<string, string>();
    for (const [name, value] of valuesFor(service, stack, board)) {
      const names = [`BALENA_${name}`, `RESIN_${name}`].filter((one) => service.environment[one] === undefined);
      if (names.length === 0) continue;
      for (const one of names) added.set(one, value);
      substitutions.push({
        kind: "environment",
        service: service.name,
        what: names.join(" and "),
        instead: value,
        place: null,
      });
    }
    return { ...service, environment: { ...Object.fromEntries(added), ...service.environment } };
  };
  return { services: services.map(change), substitutions };
}

function valuesFor(service: Service, stack: Stack, board: Board): [string, string][] {
  const { deviceType, arch } = balenaDevice(board);
  const values: [string, string][] = [
    ["DEVICE_TYPE", deviceType],
    ["DEVICE_ARCH", arch],
    ["DEVICE_UUID", madeUp("device", stack.name, 32)],
    ["DEVICE_NAME_AT_INIT", "bayplan-stand-in"],
    ["APP_ID", "1"],
    ["APP_UUID", madeUp("application", stack.name, 32)],
    ["HOST_OS_VERSION", hostOsVersion],
    ["SUPERVISOR_VERSION", supervisorVersion],
  ];
  if (!hasFeature(service, "supervisor-api")) return values;
  return [
    ...values,
    ["SUPERVISOR_HOST", "127.0.0.1"],
    ["SUPERVISOR_PORT", supervisorPort],
    ["SUPERVISOR_ADDRESS", `http://127.0.0.1:${supervisorPort}`],
    ["SUPERVISOR_API_KEY", "bayplan-stand-in"],
  ];
}

/** The same for the same stack, so that what a service stores under it is found again. */
function madeUp(what: string, name: string, letters: number): string {
  return createHash("sha256").update(`bayplan ${what} ${name}`).digest("hex").slice(0, letters);
}

/** Gives services with balena's label for the system bus what `binds` has in its place, or says that they have none. */
export function standInBus(
  services: readonly Service[],
  from: LocalStandIns,
  isHere: IsHere,
): Step & { isGiven: boolean } {
  const substitutions: Substitution[] = [];
  const change = (service: Service): Service => {
    if (!hasFeature(service, "dbus")) return service;
    const [folder, standIn] = busStandIn(from);
    const path = standIn?.path ?? null;
    const place = standIn === null ? null : from.placeOf("binds", standIn.entry);
    if (standIn !== null && path !== null) requireHere(path, from, standIn.entry, isHere);
    const instead = path === null ? "left out" : `${shownFrom(from, path)}, at ${busFolder}`;
    substitutions.push({ kind: "bus", service: service.name, what: `the system bus (${folder})`, instead, place });
    if (path === null) return service;
    const mount = { kind: "bind" as const, source: path, target: busFolder, readOnly: false, tmpfsBytes: null };
    return { ...service, mounts: [...service.mounts, mount] };
  };
  return { services: services.map(change), substitutions, isGiven: busPaths(from).length > 0 };
}

/** True for what the importer says of the label, which a stand-in makes untrue. */
export function saysNoBus({ rule, message }: Finding): boolean {
  return rule === "balena.feature" && /features\.dbus`/.test(message);
}

/** The path that may stand in for the system bus. */
export function busPaths(from: LocalStandIns): string[] {
  const path = busStandIn(from)[1]?.path ?? null;
  return path === null ? [] : [path];
}

function busStandIn(from: LocalStandIns): [string, ReturnType<typeof bindStandIn>] {
  for (const folder of hostBusFolders) {
    const standIn = bindStandIn(from, folder);
    if (standIn !== null) return [folder, standIn];
  }
  return ["/run/dbus", null];
}

function hasFeature({ labels }: Service, name: string): boolean {
  const value = labels[`io.balena.features.${name}`] ?? labels[`io.resin.features.${name}`];
  return value !== undefined && /^(?:1|true|on|yes)$/i.test(value);
}
