import { readdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileError, readSourceFile } from "../../compose/load/source-file.ts";
import { ModelProblem, type Remark } from "../../compose/model-problem.ts";
import { listNode, type ModelNode, mapNode, textNode } from "../../compose/node.ts";
import { composeDocument } from "../compose-model.ts";
import { type Findings, fail, note, warn } from "../fields.ts";
import { importedProject } from "../imported-project.ts";
import { readJson } from "../read-json.ts";
import type { ImportStack } from "../stack-source.ts";
import { isKantoContainer, type KantoService, readKantoContainer } from "./read-container.ts";

/** More files than this are no folder of containers. */
const maxFiles = 200;

/** Kanto's container JSON: one file in any of its forms, or a folder of them as the daemon reads it. */
export const importKanto: ImportStack = async (source, environment, remark, onFile) => {
  const findings: Findings = { rules: "kanto", problems: [], remark, onFile };
  const isFolder = (await stat(source.file)).isDirectory();
  const services = isFolder
    ? await readFolder(source.file, findings)
    : present(readKantoContainer(parse(source.file, source.text, remark), source.file, findings));
  checkNames(services, findings);
  connect(services, findings);
  ModelProblem.throwFirst(findings.problems);
  const folder = isFolder ? source.file : dirname(source.file);
  const document = composeDocument(
    services.map(({ draft }) => draft),
    { volumes: new Map(), networks: new Map() },
    { file: source.file, line: 1, column: 1 },
  );
  return importedProject(document, { file: source.file, folder, name: null, environment });
};

function present<T>(value: T | null): T[] {
  return value === null ? [] : [value];
}

function parse(file: string, text: string, remark: Remark): ModelNode {
  const { root, trailingCommas } = readJson(file, text);
  for (const place of trailingCommas) {
    const message = "A comma stands before the end: JSON has none there, and Kanto refuses the file.";
    remark({ rule: "kanto.trailing-comma", severity: "warning", message, place, hint: "Take it out." });
  }
  return root;
}

/** Levels of folders that are looked into: somebody may name a folder that is no deployment at all. */
const maxDepth = 5;

/** Paths of the JSON files in a folder and, with `deep`, in those below, as the daemon reads them: at most 201, in order. */
export async function jsonFilesIn(folder: string, deep: "deep" | "flat"): Promise<string[]> {
  const found: string[] = [];
  const visit = async (path: string, depth: number): Promise<void> => {
    const entries = await readdir(path, { withFileTypes: true }).catch((error: unknown) => {
      throw fileError(path, error);
    });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (found.length > maxFiles) return;
      if (entry.isFile() && /\.json$/i.test(entry.name)) found.push(join(path, entry.name));
      else if (deep === "deep" && entry.isDirectory() && depth < maxDepth)
        await visit(join(path, entry.name), depth + 1);
    }
  };
  await visit(folder, 0);
  return found;
}

async function readFolder(folder: string, findings: Findings): Promise<KantoService[]> {
  const files = await jsonFilesIn(folder, "deep");
  if (files.length > maxFiles)
    throw new ModelProblem("kanto.too-large", `${folder} has more than ${maxFiles} JSON files.`, null);
  const services: KantoService[] = [];
  for (const file of files) {
    findings.onFile?.({ path: file, role: "stack", namedAt: null, missing: false });
    const root = parse(file, (await readSourceFile(file, "file")).text, findings.remark);
    if (isKantoContainer(root)) services.push(...present(readKantoContainer(root, file, findings)));
    else warn(findings, "no-container", root, "This file is no container of Kanto, and is left out.");
  }
  return services;
}

function checkNames(services: readonly KantoService[], findings: Findings): void {
  const seen = new Set<string>();
  for (const { draft } of services) {
    if (seen.has(draft.name)) {
      fail(
        findings,
        "taken-twice",
        draft.node(),
        `Two containers are called ${draft.name}.`,
        "Give each a `container_name` of its own.",
      );
    }
    seen.add(draft.name);
  }
}

/** `NAME:container_HOSTNAME` becomes a name of the other container on the network that they share here. */
function connect(services: readonly KantoService[], findings: Findings): void {
  const aliases = new Map<KantoService, ModelNode[]>();
  for (const { name, hostName, node } of services.flatMap(({ asksFor }) => asksFor)) {
    const other = services.find((service) => service.hostName === hostName);
    if (other === undefined) {
      warn(
        findings,
        "unknown-container",
        node,
        `No container of the stack has the host name ${hostName}: ${name} cannot be resolved.`,
      );
    } else if (other.draft.name !== name) {
      aliases.set(other, [...(aliases.get(other) ?? []), textNode(name, node.place)]);
    }
  }
  for (const [{ draft }, names] of aliases) {
    if (draft.get("network_mode") !== undefined) continue;
    const unique = [...new Map(names.map((name) => [name.kind === "text" ? name.value : "", name])).values()];
    draft.put("networks", "default", mapNode([["aliases", listNode(unique, draft.place)]], draft.place));
  }
  const [first, second] = services;
  if (first === undefined || second === undefined) return;
  const message = "Here containers reach each other by their names; on Kanto's bridge only by what `extra_hosts` says.";
  note(
    findings,
    "bridge-names",
    first.draft.node(),
    message,
    "Add NAME:container_HOSTNAME to the extra hosts of who asks.",
  );
}
