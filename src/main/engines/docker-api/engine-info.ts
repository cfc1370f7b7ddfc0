import type { EngineCapabilities, EngineInfo, EngineKind } from "../../../shared/domain/index.ts";
import { imageArch } from "../platform.ts";
import type { InfoAnswer, VersionAnswer } from "./answers.ts";

/** balenaEngine is a fork that answers as Docker does: its init binary and its socket give it away. */
function kindOf(version: VersionAnswer, info: InfoAnswer, socketPath: string): EngineKind {
  const names = (version.Components ?? []).map((component) => component.Name.toLowerCase());
  if (names.some((name) => name.includes("podman"))) return "podman";
  const traces = [...names, info.InitBinary ?? "", info.OperatingSystem ?? "", socketPath];
  return traces.some((trace) => /balena/i.test(trace)) ? "balena-engine" : "docker";
}

/** Seen with 4.3: the Docker API of these versions answers "Not Found". */
const podmanWithoutUpdate = /^[34]\./;

function capabilitiesOf(kind: EngineKind, version: string): EngineCapabilities {
  if (kind !== "podman" || !podmanWithoutUpdate.test(version)) return { unsupported: {} };
  return {
    unsupported: {
      update: `Podman ${version} cannot change a container while it runs: its Docker API has no such call.`,
    },
  };
}

function driverOf(name: string | undefined): EngineInfo["cgroupDriver"] {
  return name === "cgroupfs" || name === "systemd" ? name : "none";
}

export function engineInfoFrom(
  version: VersionAnswer,
  info: InfoAnswer,
  apiVersion: string,
  socketPath: string,
): EngineInfo {
  const arch = imageArch(info.Architecture) ?? version.Arch ?? info.Architecture;
  const kind = kindOf(version, info, socketPath);
  return {
    kind,
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
    capabilities: capabilitiesOf(kind, version.Version),
  };
}
