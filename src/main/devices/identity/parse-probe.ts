import { AppError, type DeviceFacts, deviceFactsSchema, engineKindSchema } from "../../../shared/domain/index.ts";
import { firmwareText } from "./board-serial.ts";

/** The facts, and the boot id: two live connections with one boot id are one running machine. */
export interface ProbeAnswer {
  facts: DeviceFacts;
  bootId: string | null;
}

/** A tree names a board, its module and its chip; more is garbage. */
const MAX_COMPATIBLE = 16;
/** The script asks for fewer; whoever says more is not to fill the memory, or the list of what is tried. */
const MAX_SOCKETS = 16;
/** `sun_path` of unix(7). */
const MAX_SOCKET_PATH = 108;
const MAX_MACS = 64;

/** No Linux is built for more (NR_CPUS of the distributions' kernels). */
const MAX_CPUS = 8_192;

/** Reads what the probe script printed. Throws `unsupported` when it is cut, garbled or lacks what every Linux has. */
export function parseProbe(output: string): ProbeAnswer {
  const lines = output.split("\n").filter((line) => line !== "");
  if (lines[0] !== "probe 1" || lines.at(-1) !== "end 1") throw unreadable("its answer is cut");
  const values = new Map<string, string[]>();
  for (const line of lines) {
    const at = line.indexOf(" ");
    const word = at < 0 ? line : line.slice(0, at);
    const value = at < 0 ? "" : line.slice(at + 1).trim();
    const known = values.get(word);
    // A hostile answer has a million lines: a copy for each of them would take minutes.
    if (known === undefined) values.set(word, [value]);
    else known.push(value);
  }
  const all = (word: string): string[] => values.get(word) ?? [];
  const first = (word: string): string | undefined => all(word)[0];
  const disk = numbers(first("disk"));
  const cgroupVersion = first("cgroup") === "2" ? 2 : first("cgroup") === "1" ? 1 : null;
  const parsed = deviceFactsSchema.safeParse({
    hostName: printable(first("host")) ?? "",
    model:
      firmwareText(first("dt-model")) ??
      firmwareText(first("dmi-product_name")) ??
      firmwareText(first("dmi-board_name")),
    boardSerial: boardSerial(first, all("cpuinfo-serial")),
    machineId: all("machine-id").find((id) => /^[0-9a-f]{32}$/.test(id)) ?? null,
    macAddresses: [...new Set(all("mac").map((mac) => mac.toLowerCase()))].filter(isRealMac).sort().slice(0, MAX_MACS),
    compatible: [...new Set(all("dt-compatible"))].flatMap((name) => printable(name) ?? []).slice(0, MAX_COMPATIBLE),
    vendor: firmwareText(first("dmi-sys_vendor")),
    boardName: firmwareText(first("dmi-board_name")),
    osVariant: osField(all("os"), "VARIANT_ID") ?? osField(all("os"), "VARIANT"),
    imageName: printable(first("image")),
    osId: osField(all("os"), "ID"),
    osName: osField(all("os"), "PRETTY_NAME"),
    kernel: printable(first("kernel")),
    arch: printable(first("arch")) ?? undefined,
    cpuCores: countCpus(first("cpus-online")) ?? Math.min(all("processor").length, MAX_CPUS),
    memoryTotalBytes: meminfoBytes(all("meminfo"), "MemTotal"),
    swapTotalBytes: meminfoBytes(all("meminfo"), "SwapTotal") ?? 0,
    diskTotalBytes: disk[0] === undefined ? null : disk[0] * 1024,
    diskFreeBytes: disk[1] === undefined ? null : disk[1] * 1024,
    temperatureCelsius: temperature(all("heat")),
    uptimeSeconds: numbers(first("uptime"))[0] ?? null,
    cgroupVersion,
    memoryControllerOn: memoryController(cgroupVersion, first("cgroup-controllers"), first("cgroup-memory")),
    engineSockets: engineSockets(all("socket")),
  });
  if (!parsed.success) throw unreadable(parsed.error.issues.map((issue) => issue.path.join(".")).join(", "));
  return { facts: parsed.data, bootId: first("boot-id") ?? null };
}

function unreadable(what: string): AppError {
  return new AppError("unsupported", `The device's answer to the identity probe cannot be read: ${what}.`, {
    hint: "Bayplan needs a Linux device with a POSIX shell. Does its login shell run other programs, or is the account restricted?",
  });
}

/** The order of the firmware's own authority; on a Raspberry Pi all of them say the same. */
function boardSerial(first: (word: string) => string | undefined, cpuinfo: readonly string[]): string | null {
  const candidates = [
    first("dt-serial"),
    first("soc-serial"),
    first("dmi-board_serial"),
    first("dmi-product_serial"),
    cpuinfo[0]?.split(":")[1],
  ];
  for (const candidate of candidates) {
    const serial = firmwareText(candidate);
    if (serial !== null) return serial;
  }
  return null;
}

/** `0-3,5` is five cores (the kernel's list format). */
export function countCpus(list: string | undefined): number | null {
  if (list === undefined) return null;
  let count = 0;
  for (const part of list.split(",")) {
    const match = /^(\d+)(?:-(\d+))?$/.exec(part.trim());
    if (match?.[1] === undefined) return null;
    const more = match[2] === undefined ? 0 : Number(match[2]) - Number(match[1]);
    if (more < 0) return null;
    count += more + 1;
  }
  return count > 0 && count <= MAX_CPUS ? count : null;
}

function meminfoBytes(lines: readonly string[], field: string): number | undefined {
  const match = lines.map((line) => /^(\w+):\s+(\d+) kB$/.exec(line)).find((found) => found?.[1] === field);
  return match?.[2] === undefined ? undefined : Number(match[2]) * 1024;
}

/** The processor's zone where one says that it is; else the first one that reads like a temperature. */
function temperature(lines: readonly string[]): number | null {
  const zones = lines.flatMap((line) => {
    const match = /^(-?\d+) ?(.*)$/.exec(line);
    const celsius = Number(match?.[1]) / 1000;
    return match !== null && celsius > -60 && celsius < 200 && celsius !== 0 ? [{ celsius, kind: match[2] ?? "" }] : [];
  });
  const processor = zones.find((zone) => /cpu|soc|pkg/i.test(zone.kind));
  return (processor ?? zones[0])?.celsius ?? null;
}

/** v1: the `enabled` column of /proc/cgroups; v2: whether the root offers the controller. Raspberry Pi OS boots without. */
function memoryController(
  version: 1 | 2 | null,
  controllers: string | undefined,
  v1Line: string | undefined,
): boolean | null {
  if (version === 2) return controllers?.split(/\s+/).includes("memory") ?? false;
  if (version === 1) return v1Line === undefined ? false : v1Line.split(/\s+/)[3] === "1";
  return null;
}

function engineSockets(lines: readonly string[]): DeviceFacts["engineSockets"] {
  return lines.slice(0, MAX_SOCKETS).flatMap((line) => {
    const [kind, canOpen, path] = line.split(" ");
    const parsed = engineKindSchema.safeParse(kind);
    const usable = parsed.success && path !== undefined && path.length <= MAX_SOCKET_PATH && !/\p{Cc}/u.test(path);
    return usable ? [{ kind: parsed.data, path, canOpen: canOpen === "yes" }] : [];
  });
}

/** `NAME=value`, with or without quotes (os-release(5)). */
function osField(lines: readonly string[], field: string): string | null {
  const line = lines.find((candidate) => candidate.startsWith(`${field}=`));
  if (line === undefined) return null;
  const value = line.slice(field.length + 1);
  const quoted = /^(["'])(.*)\1$/.exec(value);
  return printable((quoted?.[2] ?? value).replaceAll(/\\(["'$`\\])/g, "$1"));
}

function isRealMac(mac: string): boolean {
  return /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(mac) && mac !== "00:00:00:00:00:00" && mac !== "ff:ff:ff:ff:ff:ff";
}

function numbers(text: string | undefined): number[] {
  const words = (text ?? "").split(/\s+/).filter((word) => word !== "");
  return words.map(Number).filter((value) => Number.isFinite(value));
}

/** What a device says about itself is shown: without what could steer a terminal or turn a line around, and not endless. */
function printable(text: string | undefined): string | null {
  const clean = (text ?? "")
    .replaceAll(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, "")
    .trim()
    .slice(0, 200);
  return clean === "" ? null : clean;
}
