import type { EngineInfo, EngineKind } from "../../shared/domain/index.ts";

const names: Record<EngineKind, string> = {
  docker: "Docker",
  podman: "Podman",
  "balena-engine": "balenaEngine",
  kanto: "Kanto",
};

/** `Docker 28.1`: the engine's name and the part of its version that people say aloud. */
export function engineText(engine: EngineInfo): string {
  return `${names[engine.kind]} ${engine.version.split(/[+~-]/)[0] ?? engine.version}`;
}
