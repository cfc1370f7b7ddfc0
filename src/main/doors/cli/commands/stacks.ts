import { resolve } from "node:path";
import type { Finding } from "../../../../shared/domain/index.ts";
import { looksLikeAddress } from "../address.ts";
import type { Context } from "../context.ts";
import { findOnlineDevice } from "../find-device.ts";

/** Prints the canonical model of compose files. */
export async function config(
  context: Context,
  request: {
    files: string[];
    folder: string | null;
    name: string | null;
    profiles: string[] | null;
    envFiles: string[] | null;
    format: "json" | "yaml";
  },
): Promise<number> {
  const { client, output } = context;
  const absolute = (file: string) => resolve(file);
  const { text, findings } = await client.stacks.config({
    ...request,
    files: request.files.map(absolute),
    folder: request.folder === null ? null : absolute(request.folder),
    envFiles: request.envFiles?.map(absolute) ?? null,
    format: output.json ? "json" : request.format,
  });
  printFindings(context, findings);
  output.document(text);
  return 0;
}

/** Starts a stack and leaves it running. */
export async function up(
  context: Context,
  { file, on, acceptLosses }: { file: string; on: string | null; acceptLosses: boolean },
): Promise<number> {
  const { client, output, signal } = context;
  const place = await placeOf(context, on);
  for await (const update of await client.stacks.up({ file: resolve(file), on: place, acceptLosses }, { signal })) {
    if (update.kind === "progress") {
      output.note(update.text);
      continue;
    }
    printFindings(context, update.findings);
    output.value(update);
    output.text(`${update.project} is up: ${update.services.map((service) => service.name).join(", ")}.`);
  }
  return 0;
}

/** Removes a stack. */
export async function down(
  context: Context,
  { file, on, volumes }: { file: string; on: string | null; volumes: boolean },
): Promise<number> {
  const { client, output } = context;
  const place = await placeOf(context, on);
  const removed = await client.stacks.down({ file: resolve(file), on: place, volumes });
  output.value(removed);
  const parts = [
    count(removed.containers, "container"),
    count(removed.networks, "network"),
    count(removed.volumes, "volume"),
  ];
  output.text(`${removed.project} is down: ${parts.join(", ")} removed.`);
  return 0;
}

/** What the core finds by itself is left to it; an address may be new to it, and a password is for a device that is met first. */
async function placeOf(context: Context, on: string | null): Promise<string | null> {
  const hasPassword = context.password !== null || context.jumpPassword !== null;
  if (on === null || (!hasPassword && !looksLikeAddress(on))) return on;
  return (await findOnlineDevice(context, on)).id;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** Findings as compilers print them: place, severity, sentence. */
export function printFindings({ output }: Context, findings: readonly Finding[]): void {
  for (const { place, severity, message, hint } of findings) {
    const where = place === null ? "" : `${place.file}:${place.line}:${place.column}: `;
    output.note(`${where}${severity}: ${message}${hint === null ? "" : ` ${hint}`}`);
  }
}
