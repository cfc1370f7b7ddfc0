import { ModelProblem } from "../model-problem.ts";
import { at, describeNode, type MapNode, type ModelNode, mapEntries, textAt } from "../node.ts";
import { type ModelPath, PatternTable, pathText } from "../path-pattern.ts";
import { scalarText } from "../scalar-text.ts";
import { parseVolume } from "../short-forms/volume.ts";

type KeyOf = (item: ModelNode, path: ModelPath) => string;

/** What makes two items of a list the same thing, of which the later one counts. */
const keys = new PatternTable<KeyOf>({
  "networks.*.labels": keyBeforeEquals,
  "networks.*.ipam.options": keyBeforeEquals,
  "services.*.annotations": keyBeforeEquals,
  "services.*.build.args": keyBeforeEquals,
  "services.*.build.additional_contexts": keyBeforeEquals,
  "services.*.build.tags": keyBeforeEquals,
  "services.*.build.labels": keyBeforeEquals,
  "services.*.cap_add": keyBeforeEquals,
  "services.*.cap_drop": keyBeforeEquals,
  "services.*.configs": mountKey(""),
  "services.*.deploy.labels": keyBeforeEquals,
  "services.*.devices": deviceKey,
  "services.*.dns": keyBeforeEquals,
  "services.*.dns_opt": keyBeforeEquals,
  "services.*.dns_search": keyBeforeEquals,
  "services.*.env_file": envFileKey,
  "services.*.environment": keyBeforeEquals,
  "services.*.expose": exposeKey,
  "services.*.labels": keyBeforeEquals,
  "services.*.links": keyBeforeEquals,
  "services.*.networks.*.aliases": keyBeforeEquals,
  "services.*.networks.*.link_local_ips": keyBeforeEquals,
  "services.*.ports": portKey,
  "services.*.profiles": keyBeforeEquals,
  "services.*.secrets": mountKey("/run/secrets"),
  "services.*.sysctls": keyBeforeEquals,
  "services.*.tmpfs": keyBeforeEquals,
  "services.*.volumes": volumeKey,
});

/**
 * A model in which no list names one thing twice: the later item takes the place of the earlier one.
 * @throws ModelProblem for an item that cannot stand in its list.
 */
export function uniqueItems(root: MapNode): MapNode {
  return mapEntries(root, (value, key) => unique(value, [key]));
}

function unique(node: ModelNode, path: ModelPath): ModelNode {
  if (node.kind === "map") {
    return mapEntries(node, (value, key) => unique(value, [...path, key]));
  }
  const keyOf = node.kind === "list" ? keys.find(path) : undefined;
  if (node.kind !== "list" || keyOf === undefined) return node;
  const items = new Map<string, ModelNode>();
  for (const item of node.items) items.set(keyOf(item, path), item);
  return { ...node, items: [...items.values()] };
}

function wrong(item: ModelNode, path: ModelPath, expected: string): ModelProblem {
  const message = `An item of \`${pathText(path)}\` must be ${expected}, this one is ${describeNode(item)}.`;
  return new ModelProblem("compose.wrong-type", message, item.place);
}

function keyBeforeEquals(item: ModelNode, path: ModelPath): string {
  if (item.kind !== "text") throw wrong(item, path, "a text");
  return item.value.split("=", 1)[0] ?? "";
}

function volumeKey(item: ModelNode, path: ModelPath): string {
  if (item.kind === "text") return parseVolume(item).target;
  return targetOf(item, path);
}

function deviceKey(item: ModelNode, path: ModelPath): string {
  if (item.kind !== "text") return targetOf(item, path);
  const [source = "", target] = item.value.split(":");
  return target ?? source;
}

function targetOf(item: ModelNode, path: ModelPath): string {
  if (item.kind !== "map") return "";
  const target = textAt(item, "target");
  if (target !== undefined) return target;
  throw new ModelProblem("compose.missing-key", `An item of \`${pathText(path)}\` has no \`target\`.`, item.place);
}

function exposeKey(item: ModelNode, path: ModelPath): string {
  if (item.kind === "text" || item.kind === "int") return String(item.value);
  throw wrong(item, path, "a text or a whole number");
}

function envFileKey(item: ModelNode, path: ModelPath): string {
  if (item.kind === "text") return item.value;
  if (item.kind !== "map") return "";
  const file = textAt(item, "path");
  if (file !== undefined) return file;
  throw new ModelProblem("compose.missing-key", `An item of \`${pathText(path)}\` has no \`path\`.`, item.place);
}

function mountKey(folder: string): KeyOf {
  return (item, path) => {
    if (item.kind === "text") return `${folder}/${item.value}`;
    if (item.kind !== "map") throw wrong(item, path, "a name or a mapping");
    return textAt(item, "target") ?? `${folder}/${kindAndText(at(item, "source"))}`;
  };
}

function portKey(item: ModelNode, path: ModelPath): string {
  if (item.kind === "text" || item.kind === "int") return String(item.value);
  if (item.kind !== "map") return "";
  const target = at(item, "target");
  if (target === undefined) {
    throw new ModelProblem("compose.missing-key", `An item of \`${pathText(path)}\` has no \`target\`.`, item.place);
  }
  const host = textAt(item, "host_ip") ?? "0.0.0.0";
  const protocol = textAt(item, "protocol") ?? "tcp";
  return `${host}:${kindAndText(at(item, "published"))}:${kindAndText(target)}/${protocol}`;
}

/** `8080` and `"8080"` are not the same to the reference here; the kind keeps them apart. */
function kindAndText(node: ModelNode | undefined): string {
  if (node === undefined || node.kind === "map" || node.kind === "list") return "none";
  return node.kind === "text" ? node.value : `${node.kind} ${scalarText(node)}`;
}
