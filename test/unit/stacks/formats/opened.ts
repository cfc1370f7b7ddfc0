import { join } from "node:path";
import { openStack } from "../../../../src/main/stacks/index.ts";
import type { OpenedStack, Service, Stack, StackFormat } from "../../../../src/shared/domain/index.ts";
import { folderWith } from "../compose/stack-folder.ts";

/** Opens one text under a name, with no environment but the one given. */
export async function openAs(
  name: string,
  text: string,
  { from = null, environment = {} }: { from?: StackFormat | null; environment?: Record<string, string> } = {},
): Promise<OpenedStack> {
  return openStack(join(await folderWith({ [name]: text }), name), environment, { from });
}

/** Findings as `severity rule line:column`, those of the runner's own limits left out. */
export function remarks({ findings }: OpenedStack): string[] {
  return findings
    .filter(({ rule }) => rule !== "compose.unsupported-key" && rule !== "compose.missing-bind")
    .map(({ severity, rule, place }) => `${severity} ${rule} ${place?.line ?? "-"}:${place?.column ?? "-"}`);
}

/** Keys that the runner says it does not apply. */
export function notApplied({ findings }: OpenedStack): string[] {
  return findings.flatMap(({ rule, message }) =>
    rule === "compose.unsupported-key" ? [message.split("`")[1] ?? ""] : [],
  );
}

export function stackOf(opened: OpenedStack): Stack {
  if (opened.stack === null) throw new Error(JSON.stringify(opened.findings, null, 1));
  return opened.stack;
}

export function serviceOf(opened: OpenedStack, name?: string): Service {
  const { services } = stackOf(opened);
  const service = name === undefined ? services[0] : services.find((other) => other.name === name);
  if (service === undefined) throw new Error(`no service ${name ?? ""}`);
  return service;
}
