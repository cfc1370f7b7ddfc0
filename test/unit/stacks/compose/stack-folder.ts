import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { openStack } from "../../../../src/main/stacks/index.ts";
import type { Finding, OpenedStack, Service } from "../../../../src/shared/domain/index.ts";

/** A folder of its own with these files; gone after the test. */
export async function folderWith(files: Record<string, string | Uint8Array>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "bayplan-stack-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return folder;
}

/** Opens a text as a compose file, with no environment but the one given. */
export async function open(
  text: string,
  environment: Record<string, string> = {},
  files: Record<string, string> = {},
): Promise<OpenedStack> {
  const folder = await folderWith({ "compose.yaml": text, ...files });
  return openStack(join(folder, "compose.yaml"), environment);
}

/** The keys of one service, each line indented, as the only service of a file. */
export async function openService(keys: string, environment: Record<string, string> = {}): Promise<OpenedStack> {
  const lines = keys.split("\n").map((line) => `    ${line}`);
  return open(`name: t\nservices:\n  web:\n    image: nginx\n${lines.join("\n")}\n`, environment);
}

/** The service of `openService`, which must have been read without a finding. */
export async function service(keys: string, environment: Record<string, string> = {}): Promise<Service> {
  const opened = await openService(keys, environment);
  if (opened.findings.length > 0) throw new Error(JSON.stringify(opened.findings, null, 1));
  const [only] = opened.stack?.services ?? [];
  if (only === undefined) throw new Error("no service was read");
  return only;
}

/** Findings as `severity rule line:column`, for exact comparison. */
export function brief(findings: readonly Finding[]): string[] {
  return findings.map(
    ({ severity, rule, place }) => `${severity} ${rule} ${place?.line ?? "-"}:${place?.column ?? "-"}`,
  );
}
