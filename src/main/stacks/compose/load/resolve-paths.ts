import { lstatSync, realpathSync } from "node:fs";
import { isAbsolute } from "node:path";
import { joinPath } from "../clean-path.ts";
import { ModelProblem } from "../model-problem.ts";
import { at, keyOrPlace, type MapNode, type ModelNode, mapEntries, type TextNode, textAt } from "../node.ts";
import { listItem, type ModelPath, PatternTable } from "../path-pattern.ts";

export interface PathBase {
  /** What relative paths start from. */
  folder: string;
  /** What `~` stands for. */
  home: string;
}

type Resolve = (node: ModelNode, base: PathBase) => ModelNode;

/** Where a path may stand, and what is made of a relative one. */
const resolvers = new PatternTable<Resolve>({
  "services.*.build.context": context,
  "services.*.build.additional_contexts.*": context,
  "services.*.build.ssh.*": pathOnAnySystem,
  "services.*.env_file.*.path": path,
  "services.*.label_file.*": path,
  "services.*.extends.file": path,
  "services.*.develop.watch.*.path": pathBehindLinks,
  "services.*.volumes.*": bindSource,
  "configs.*.file": pathOnAnySystem,
  "secrets.*.file": pathOnAnySystem,
  "volumes.*": boundDevice,
});

/**
 * A model in which relative paths start from the folder. The folder itself may be relative: what a file that is included or
 * extended says is resolved first against that file's own folder, later against the stack's.
 * @throws ModelProblem for a bind without a source.
 */
export function resolvePaths(root: MapNode, base: PathBase): MapNode {
  return mapEntries(root, (value, key) => resolveNode(value, [key], base));
}

function resolveNode(node: ModelNode, where: ModelPath, base: PathBase): ModelNode {
  const resolver = resolvers.find(where);
  if (resolver !== undefined) return resolver(node, base);
  if (node.kind === "map") {
    return mapEntries(node, (value, key) => resolveNode(value, [...where, key], base));
  }
  if (node.kind !== "list") return node;
  return { ...node, items: node.items.map((item) => resolveNode(item, [...where, listItem], base)) };
}

function withText(node: TextNode, value: string): TextNode {
  return { ...node, value };
}

function expandHome(text: string, { home }: PathBase): string {
  return text.startsWith("~") ? joinPath(home, text.slice(1)) : text;
}

/** An absolute path, or one below the folder. */
function pathFrom(base: PathBase, text: string): string {
  const expanded = expandHome(text, base);
  return isAbsolute(expanded) || expanded === "" ? expanded : joinPath(base.folder, expanded);
}

function path(node: ModelNode, base: PathBase): ModelNode {
  return node.kind === "text" ? withText(node, pathFrom(base, node.value)) : node;
}

/** What names a repository, an image or a service is no path. */
function context(node: ModelNode, base: PathBase): ModelNode {
  const isRemote = (text: string) =>
    text.includes("://") || ["service:", "github.com/", "git@"].some((prefix) => text.startsWith(prefix));
  return node.kind === "text" && !isRemote(node.value) ? path(node, base) : node;
}

/** A Windows path stays as it is: the engine may be on another system than Bayplan. */
function pathOnAnySystem(node: ModelNode, base: PathBase): ModelNode {
  if (node.kind !== "text") return node;
  const expanded = expandHome(node.value, base);
  if (isAbsolute(expanded) || isWindowsAbsolute(expanded)) return withText(node, expanded);
  return withText(node, joinPath(base.folder, expanded));
}

function isWindowsAbsolute(text: string): boolean {
  return /^[a-zA-Z]:[\\/]/.test(text) || /^[\\/]{2}[^\\/.][^\\/]*[\\/][^\\/.][^\\/]*[\\/]/.test(text);
}

/** A watched path through symbolic links, the first of which is replaced by what it points at. */
function pathBehindLinks(node: ModelNode, base: PathBase): ModelNode {
  if (node.kind !== "text") return node;
  const absolute = pathFrom(base, node.value);
  let current = isAbsolute(absolute) ? "/" : "";
  for (const part of absolute.split("/").filter((piece) => piece !== "")) {
    current = joinPath(current, part);
    if (!isLink(current)) continue;
    const target = realpathOrNull(current);
    if (target !== null)
      return withText(
        node,
        absolute.replace(current, () => target),
      );
    throw new ModelProblem("compose.bad-value", `${current} is a link to nowhere.`, node.place);
  }
  return withText(node, absolute);
}

/** What cannot be looked at is taken as no link, as the reference does. */
function isLink(file: string): boolean {
  try {
    return lstatSync(file).isSymbolicLink();
  } catch (error) {
    if (error instanceof Error && "code" in error) return false;
    throw error;
  }
}

function realpathOrNull(file: string): string | null {
  try {
    return realpathSync(file);
  } catch (error) {
    if (error instanceof Error && "code" in error) return null;
    throw error;
  }
}

function bindSource(node: ModelNode, base: PathBase): ModelNode {
  if (node.kind !== "map" || textAt(node, "type") !== "bind") return node;
  const source = node.entries.get("source");
  if (source === undefined) {
    throw new ModelProblem("compose.missing-key", "A bind needs a `source`.", keyOrPlace(node));
  }
  return { ...node, entries: new Map([...node.entries, ["source", pathOnAnySystem(source, base)]]) };
}

/** A local volume with `o: bind` is a bind by another name. */
function boundDevice(node: ModelNode, base: PathBase): ModelNode {
  const driverOptions = at(node, "driver_opts");
  const device = at(driverOptions, "device");
  if (node.kind !== "map" || driverOptions?.kind !== "map" || device === undefined) return node;
  if (textAt(node, "driver") !== "local" || textAt(driverOptions, "o") !== "bind") return node;
  const resolved = new Map([...driverOptions.entries, ["device", pathOnAnySystem(device, base)] as const]);
  return { ...node, entries: new Map([...node.entries, ["driver_opts", { ...driverOptions, entries: resolved }]]) };
}
