import type { EngineInfo, Service } from "../../../shared/domain/index.ts";
import { type Engine, runsNatively } from "../../engines/index.ts";

/** The platform of the first image that this machine can only emulate; null when there is none. */
export async function foreignPlatformOf(
  engine: Engine,
  info: EngineInfo,
  services: readonly Service[],
): Promise<string | null> {
  for (const { image } of services) {
    const platform = image === null ? null : ((await engine.inspectImage(image))?.platform ?? null);
    if (platform !== null && !runsNatively(platform, info.platform)) return platform;
  }
  return null;
}
