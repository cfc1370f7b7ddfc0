import type { EngineInfo, EngineKind } from "../../../shared/domain/index.ts";
import type { InfoAnswer, VersionAnswer } from "./answers.ts";

/** balenaEngine is a fork that answers as Docker does: its init binary and its socket give it away. */
function kindOf(version: VersionAnswer, info: InfoAnswer, socketPath: string): EngineKind {
  const names = (version.Components ?? []).map((component) => component.Name.toLowerCase());
  if (names.some((name) => name.includes("podman"))) return "podman";
  const traces = [...names, info.InitBinary ?? "", info.OperatingSystem ?? "", socketPath];
  return traces.some((trace) => /balena/i.test(trace)) ? "balena-engine" : "docker";
}

/** Kernel machine names (`uname -m`) as images name them. */
const platforms: Record<string, string> = {
  x86_64: "amd64",
  amd64: "amd64",
  aarch64: "arm64",
  arm64: "arm64",
  armv7l: "arm/v7",
  armv6l: "arm/v6",
  armv5tel: "arm/v5",
  i386: "386",
  i686: "386",
};

function driverOf(name: string | undefined): EngineInfo["cgroupDriver"] {
  return name === "cgroupfs" || name === "systemd" ? name : "none";
}

export function engineInfoFrom(
  version: VersionAnswer,
  info: InfoAnswer,
  apiVersion: string,
  socketPath: string,
): EngineInfo {
  const arch = platforms[info.Architecture] ?? version.Arch ?? info.Architecture;
  return {
    kind: kindOf(version, info, socketPath),
    version: version.Version,
    apiVersion,
    socket: socketPath,
    platform: `${version.Os ?? "linux"}/${arch}`,
    // Engines from before 20.10 do not say, and run on v1 only.
    cgroupVersion: info.CgroupVersion === "2" ? 2 : 1,
    cgroupDriver: driverOf(info.CgroupDriver),
    cpus: info.NCPU,
    memoryBytes: info.MemTotal,
    rootFolder: info.DockerRootDir,
    foundBy: null,
    capabilities: { unsupported: {} },
  };
}
