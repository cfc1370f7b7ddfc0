import type { EngineInfo, Service } from "../../../shared/domain/index.ts";
import type { Engine } from "../../engines/index.ts";

/** Instruction sets that a processor runs by itself besides its own. */
const native: Record<string, readonly string[]> = { amd64: ["386"], arm64: ["arm"] };

/** The platform of the first image that this machine can only emulate; null when there is none. */
export async function foreignPlatformOf(
  engine: Engine,
  info: EngineInfo,
  services: readonly Service[],
): Promise<string | null> {
  const own = architectureOf(info.platform);
  for (const { image } of services) {
    const platform = image === null ? null : ((await engine.inspectImage(image))?.platform ?? null);
    if (platform === null) continue;
    const architecture = architectureOf(platform);
    if (architecture !== own && !(native[own] ?? []).includes(architecture)) return platform;
  }
  return null;
}

/** `arm64` of `linux/arm64/v8`. */
function architectureOf(platform: string): string {
  return platform.split("/")[1] ?? platform;
}
