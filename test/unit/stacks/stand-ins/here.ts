import { join } from "node:path";
import { type Board, type HereStack, openStack, prepareHere } from "../../../../src/main/stacks/index.ts";
import type { Service, Substitution } from "../../../../src/shared/domain/index.ts";
import { substitutionText } from "../../../../src/shared/format/index.ts";
import { folderWith } from "../compose/stack-folder.ts";

export interface HereOptions {
  desktop?: boolean;
  environment?: Record<string, string>;
  board?: Board;
}

/** A stack as it would run here; the first file is the stack's, the folder is given to those that need paths of it. */
export async function here(
  files: Record<string, string>,
  { desktop = false, environment = {}, board = { model: null, platform: "linux/amd64" } }: HereOptions = {},
): Promise<HereStack & { folder: string }> {
  const folder = await folderWith(files);
  const [name = ""] = Object.keys(files);
  const opened = await openStack(join(folder, name), environment);
  return { ...(await prepareHere({ opened, desktop, board, environment })), folder };
}

/** What a compose file of these services and a `local:` make of it. */
export function local(
  services: string,
  settings: string,
  more: Record<string, string> = {},
  options: HereOptions = {},
) {
  return here({ "compose.yaml": `name: t\nservices:\n${services}`, "bayplan.yaml": settings, ...more }, options);
}

export function serviceIn({ stack }: HereStack, name: string): Service {
  const service = stack.services.find((other) => other.name === name);
  if (service === undefined) throw new Error(`no service ${name}`);
  return service;
}

/** Each as a person reads it, with the line of `bayplan.yaml`. */
export function told(substitutions: readonly Substitution[]): string[] {
  return substitutions.map((one) => `${substitutionText(one)}${one.place === null ? "" : ` :${one.place.line}`}`);
}
