import { existsSync, readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { lanInterfaces } from "../mdns/interfaces.ts";
import type { OwnInterface, Surroundings } from "./network-evidence.ts";

/** What this machine is on and inside of. Cheap: a few small files. */
export function readSurroundings(): Surroundings {
  const lan = new Set(lanInterfaces().map(({ name }) => name));
  const interfaces = Object.entries(networkInterfaces()).flatMap(([name, addresses]): OwnInterface[] => {
    const outside = (addresses ?? []).filter((entry) => !entry.internal && !/^fe[89ab]/.test(entry.address));
    if ((addresses ?? []).every((entry) => entry.internal)) return [];
    return [
      {
        name,
        addresses: outside.map((entry) => entry.cidr ?? entry.address),
        isLan: lan.has(name),
        isWireless: isWireless(name),
      },
    ];
  });
  return { interfaces, isWsl: isWsl(), container: containerKind() };
}

/** Linux says it in sysfs. Elsewhere an interface's name says nothing for sure, so nothing is said. */
function isWireless(name: string): boolean {
  return process.platform === "linux" && existsSync(`/sys/class/net/${name}/wireless`);
}

/** Microsoft's kernel for WSL is called `…-microsoft-standard-WSL2`. */
function isWsl(): boolean {
  return process.platform === "linux" && /microsoft/i.test(textOf("/proc/sys/kernel/osrelease"));
}

/** Docker and Podman leave a file, others show in the first process' environment or control group. */
function containerKind(): string | null {
  if (process.platform !== "linux") return null;
  if (existsSync("/.dockerenv")) return "a Docker container";
  if (existsSync("/run/.containerenv")) return "a Podman container";
  return /docker|kubepods|containerd|lxc/.test(textOf("/proc/1/cgroup")) ? "a container" : null;
}

/** What cannot be read says nothing. */
function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error) return "";
    throw error;
  }
}
