import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStack, requireStack } from "../../src/main/stacks/index.ts";

export function serviceNames(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `s${index}`);
}

/** The services of a stack of that many idle containers, read as any other stack. */
export async function composeText(names: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), "bayplan-bench-"));
  const file = join(folder, "compose.yaml");
  const services = Object.fromEntries(names.map((name) => [name, { image: "bayplan-lab/busybox:1" }]));
  writeFileSync(file, JSON.stringify({ name: "bench", services }));
  const stack = requireStack(await openStack(file));
  return { services: stack.services, remove: () => rmSync(folder, { recursive: true }) };
}
