import { AppError, type Container } from "../../../shared/domain/index.ts";

/** The container that a person means by its name, its service or the start of its id. Throws `not-found`. */
export function pickContainer(containers: readonly Container[], text: string, device: string): Container {
  const found =
    containers.find(({ name }) => name === text) ??
    containers.find(({ service }) => service === text) ??
    (text.length >= 4 ? containers.find(({ id }) => id.startsWith(text)) : undefined);
  if (found !== undefined) return found;
  throw new AppError("not-found", `${device} has no container ${text}.`, {
    hint: `It has: ${containers.map(({ name }) => name).join(", ") || "none"}.`,
  });
}
