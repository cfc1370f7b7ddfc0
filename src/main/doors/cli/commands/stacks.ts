import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { AppError, type ExportFormat, type Finding, type StackSelection } from "../../../../shared/domain/index.ts";
import { looksLikeAddress } from "../address.ts";
import type { Context } from "../context.ts";
import { findOnlineDevice } from "../find-device.ts";
import { substitutionLines } from "../substitution-lines.ts";

/** Prints the canonical model of compose files. */
export async function config(context: Context, request: StackSelection & { format: "json" | "yaml" }): Promise<number> {
  const { client, output } = context;
  const { text, findings } = await client.stacks.config({
    ...request,
    format: output.json ? "json" : request.format,
  });
  printFindings(context, findings);
  output.document(text);
  return 0;
}

/** Prints a stack in another format, or writes it into a folder. What is lost goes to stderr. */
export async function exportTo(
  context: Context,
  { stack, to, folder }: { stack: StackSelection; to: ExportFormat; folder: string | null },
): Promise<number> {
  const { client, output } = context;
  const exported = await client.stacks.export({ ...stack, to });
  printFindings(context, [...exported.findings, ...exported.lost]);
  if (folder !== null) {
    for (const { name, text } of exported.files) output.note(`Wrote ${await writeNew(resolve(folder), name, text)}`);
  }
  output.value(exported);
  if (folder !== null || output.json) return 0;
  if (exported.files.length > 1) output.note("One file a container: -o FOLDER writes them.");
  output.document(exported.files.map(({ text }) => text.trimEnd()).join("\n"));
  return 0;
}

/** Writes a file that is not there yet. Throws `conflict` when it is, `bad-input` for a folder that takes none. */
async function writeNew(folder: string, name: string, text: string): Promise<string> {
  const path = join(folder, name);
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(path, text, { flag: "wx" });
    return path;
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    if (error.code === "EEXIST" && path !== folder) {
      throw new AppError("conflict", `${path} is there already, and is left as it is.`, {
        hint: "Name another folder, or move it away.",
      });
    }
    throw new AppError("bad-input", `${path} cannot be written (${String(error.code)}).`, {
      hint: "Name a folder that you may write in.",
      cause: error,
    });
  }
}

/** Starts a stack and leaves it running. */
export async function up(
  context: Context,
  {
    stack,
    on,
    ...wishes
  }: {
    stack: StackSelection;
    on: string | null;
    acceptLosses: boolean;
    desktop: boolean;
    removeOrphans: boolean;
    platform: string | null;
  },
): Promise<number> {
  const { client, output, signal } = context;
  const place = await placeOf(context, on);
  const request = { ...stack, on: place, ...wishes };
  for await (const update of await client.stacks.up(request, { signal })) {
    if (update.kind === "progress") {
      output.note(update.text);
      continue;
    }
    printFindings(context, update.findings);
    output.value(update);
    const lines = [
      `${update.project} is up: ${update.services.map((service) => service.name).join(", ")}.`,
      ...substitutionLines("It runs with stand-ins:", update.substitutions),
    ];
    if (update.pacUrl !== null) {
      lines.push("A browser finds the names until the stack is down:", `  chromium --proxy-pac-url=${update.pacUrl}`);
    }
    output.text(lines.join("\n"));
  }
  return 0;
}

/** Restarts services of a stack that is up, all unless some are named. */
export async function restartStack(
  context: Context,
  { stack, on, services }: { stack: StackSelection; on: string | null; services: string[] },
): Promise<number> {
  const { client, output, signal } = context;
  const request = { ...stack, on: await placeOf(context, on), services };
  for await (const update of await client.stacks.restart(request, { signal })) {
    if (update.kind === "progress") {
      output.note(update.text);
      continue;
    }
    output.value(update);
    output.text(`${update.project}: restarted ${update.services.map((service) => service.name).join(", ")}.`);
  }
  return 0;
}

/** More names than these help nobody. */
const shownFiles = 20;

/** Removes a stack. */
export async function down(
  context: Context,
  { stack, on, volumes }: { stack: StackSelection; on: string | null; volumes: boolean },
): Promise<number> {
  const { client, output } = context;
  const place = await placeOf(context, on);
  const removed = await client.stacks.down({ ...stack, on: place, volumes });
  output.value(removed);
  const parts = [
    count(removed.containers, "container"),
    count(removed.networks, "network"),
    count(removed.volumes, "volume"),
  ];
  output.text(`${removed.project} is down: ${parts.join(", ")} removed.`);
  const kept = removed.files?.kept ?? [];
  if (removed.files !== null && kept.length > 0) {
    const more = kept.length > shownFiles ? ` and ${kept.length - shownFiles} more` : "";
    const names = kept.slice(0, shownFiles).join(", ");
    output.note(
      `Kept in ${removed.files.folder}/files, since containers wrote it: ${names}${more} (--volumes removes it)`,
    );
  }
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
