import { dirname, isAbsolute, join, relative } from "node:path";
import type { ClearedPath } from "../document-reader.ts";
import { clearPaths } from "../merge/clear-paths.ts";
import { extendService } from "../merge/merge-models.ts";
import { ModelProblem } from "../model-problem.ts";
import { at, cloneNode, describeNode, type MapNode, type ModelNode, mapNode, textAt, valuePlace } from "../node.ts";
import { resolvePaths } from "./resolve-paths.ts";

/** A file's model as far as it can be extended from: variables filled in, short forms expanded, nothing else. */
export interface ExtendedFile {
  model: MapNode;
  cleared: readonly ClearedPath[];
}

export interface ExtendContext {
  /** Absolute path of the file that is read. */
  file: string;
  /** What relative paths of `extends.file` start from. */
  folder: string;
  home: string;
  readFile(file: string, place: ModelNode["place"]): Promise<ExtendedFile>;
}

interface Step {
  service: string;
  file: string;
}

/**
 * A model in which no service extends another one any more.
 * @throws ModelProblem for a service or file that is not there, or a circle.
 */
export async function extendServices(
  root: MapNode,
  cleared: readonly ClearedPath[],
  context: ExtendContext,
): Promise<MapNode> {
  const services = at(root, "services");
  if (services === undefined) return root;
  if (services.kind !== "map") {
    const message = `\`services\` must be a mapping, this is ${describeNode(services)}.`;
    throw new ModelProblem("compose.wrong-type", message, valuePlace(services));
  }
  const done = new Map(services.entries);
  for (const name of services.entries.keys()) {
    done.set(name, await resolveService(name, { ...services, entries: done }, [cleared], context, context.file, []));
  }
  return { ...root, entries: new Map([...root.entries, ["services", { ...services, entries: done }]]) };
}

async function resolveService(
  name: string,
  services: MapNode,
  cleared: readonly (readonly ClearedPath[])[],
  context: ExtendContext,
  file: string,
  steps: readonly Step[],
): Promise<ModelNode> {
  const service = services.entries.get(name);
  const extending = at(service, "extends");
  if (service === undefined || extending === undefined || service.kind !== "map")
    return checked(service, services, name);
  const { ref, otherFile } = reference(extending);
  const step: Step = { service: name, file: otherFile ?? file };
  checkCircle([...steps, step], extending);
  const base = await baseService(name, ref, otherFile, extending, services, context, file);
  const clears = base.cleared === null ? cleared : [...cleared, base.cleared];
  const resolved = await resolveService(
    ref,
    base.services,
    clears,
    // A file named there is looked for from here, as the reference does it.
    context,
    otherFile ?? file,
    [...steps, step],
  );
  if (resolved.kind !== "map") return withoutExtends(service);
  const source = clears.reduce((node, paths) => clearedFor(name, node, paths), cloneNode(resolved));
  if (source.kind !== "map") return withoutExtends(service);
  return { ...withoutExtends(extendService(source, service)), ...(service.keyPlace && { keyPlace: service.keyPlace }) };
}

function clearedFor(name: string, source: ModelNode, paths: readonly ClearedPath[]): ModelNode {
  const place = source.place;
  const wrapped = mapNode([["services", mapNode([[name, source]], place)]], place);
  return at(at(clearPaths(wrapped, paths), "services"), name) ?? source;
}

function checked(service: ModelNode | undefined, services: MapNode, name: string): ModelNode {
  if (service === undefined)
    throw new ModelProblem("compose.undefined-reference", `There is no service \`${name}\`.`, services.place);
  if (service.kind === "map" || service.kind === "null") return service;
  const message = `\`services.${name}\` must be a mapping, this is ${describeNode(service)}.`;
  throw new ModelProblem("compose.wrong-type", message, valuePlace(service));
}

function withoutExtends(service: MapNode): MapNode {
  const entries = new Map(service.entries);
  entries.delete("extends");
  return { ...service, entries };
}

function reference(extending: ModelNode): { ref: string; otherFile: string | null } {
  if (extending.kind === "text") return { ref: extending.value, otherFile: null };
  const ref = textAt(extending, "service");
  const file = at(extending, "file");
  if (ref === undefined || (file !== undefined && file.kind !== "text" && file.kind !== "null")) {
    const message = "`extends` must name a `service`, and may name a `file`.";
    throw new ModelProblem("compose.missing-key", message, extending.place);
  }
  return { ref, otherFile: file?.kind === "text" ? file.value : null };
}

function checkCircle(steps: readonly Step[], extending: ModelNode): void {
  const last = steps.at(-1);
  if (last === undefined) return;
  const first = steps.findIndex(({ service, file }) => service === last.service && file === last.file);
  if (first === steps.length - 1) return;
  const circle = steps.slice(first).map(({ service }) => service);
  const message = `These services extend each other in a circle: ${circle.join(" -> ")}.`;
  throw new ModelProblem("compose.extends-cycle", message, extending.place);
}

async function baseService(
  name: string,
  ref: string,
  otherFile: string | null,
  extending: ModelNode,
  services: MapNode,
  context: ExtendContext,
  file: string,
): Promise<{ services: MapNode; cleared: readonly ClearedPath[] | null }> {
  if (otherFile === null) {
    if (services.entries.has(ref)) return { services, cleared: null };
    const message = `\`${name}\` extends \`${ref}\`, but ${file} has no service of that name.`;
    throw new ModelProblem("compose.undefined-reference", message, extending.place);
  }
  refuseRemote(otherFile, extending);
  const absolute = isAbsolute(otherFile) ? otherFile : join(context.folder, otherFile);
  const { model, cleared } = await context.readFile(absolute, extending.place);
  const resolved = at(
    resolvePaths(model, { folder: folderFrom(context.folder, absolute), home: context.home }),
    "services",
  );
  if (resolved?.kind === "map" && resolved.entries.has(ref)) return { services: resolved, cleared };
  const message = `\`${name}\` extends \`${ref}\` of ${absolute}, which has no service of that name.`;
  throw new ModelProblem("compose.undefined-reference", message, extending.place);
}

/** A file's folder, relative to another one where it is given so: paths stay relative until the stack's folder is known. */
export function folderFrom(folder: string, file: string): string {
  return relative(folder, dirname(file)) || ".";
}

/** @throws ModelProblem for a repository or an image: Bayplan reads files of this machine only. */
export function refuseRemote(text: string, node: ModelNode): void {
  if (!/^(https?|git|ssh|oci):\/\/|^git@|^github\.com\//.test(text)) return;
  const message = `${text} is not on this machine, and Bayplan fetches no files.`;
  throw new ModelProblem("compose.remote", message, node.place, "Clone it, and name the file in the clone.");
}
