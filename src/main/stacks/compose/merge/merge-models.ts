import { ModelProblem } from "../model-problem.ts";
import {
  boolNode,
  describeNode,
  keyOrPlace,
  type MapNode,
  type ModelNode,
  mapNode,
  textAt,
  textNode,
} from "../node.ts";
import { type ModelPath, PatternTable, pathText } from "../path-pattern.ts";
import { scalarText } from "../scalar-text.ts";
import { toMapping, toSequence } from "./sequences.ts";

type Merge = (base: ModelNode, over: ModelNode, path: ModelPath) => ModelNode;

const replace: Merge = (_base, over) => over;

const append: Merge = (base, over) => {
  const first = toSequence(base);
  return { ...first, items: [...first.items, ...toSequence(over).items] };
};

/** Where a later file does not simply win or append (Compose specification, "Merge", as the reference does it). */
const special = new PatternTable<Merge>({
  "networks.*.ipam.config": mergeAddressPools,
  "networks.*.labels": append,
  "volumes.*.labels": append,
  "services.*.annotations": append,
  "services.*.build": (base, over, path) => mergeMappings(asBuild(base), asBuild(over), path),
  "services.*.build.args": append,
  "services.*.build.additional_contexts": append,
  "services.*.build.extra_hosts": appendNew,
  "services.*.build.labels": append,
  "services.*.command": replace,
  "services.*.depends_on": (base, over, path) => mergeMappings(asDependencies(base), asDependencies(over), path),
  "services.*.deploy.labels": append,
  "services.*.dns": append,
  "services.*.dns_opt": append,
  "services.*.dns_search": append,
  "services.*.entrypoint": replace,
  "services.*.env_file": append,
  "services.*.label_file": append,
  "services.*.environment": append,
  "services.*.extra_hosts": appendNew,
  "services.*.healthcheck.test": replace,
  "services.*.labels": append,
  "services.*.logging": mergeLogging,
  "services.*.networks": (base, over, path) => mergeMappings(toMapping(base), toMapping(over), path),
  "services.*.sysctls": append,
  "services.*.tmpfs": append,
  "services.*.ulimits.*": replace,
});

/**
 * What two models say together, the second one having the last word.
 * @throws ModelProblem when one has a list where the other has a mapping.
 */
export function mergeModels(base: MapNode, over: MapNode): MapNode {
  return mergeMappings(base, over, []);
}

/** A service that extends another one: what it says itself over what the other says. */
export function extendService(base: MapNode, over: MapNode): MapNode {
  return mergeMappings(base, over, ["services", "x"]);
}

function mergeNodes(base: ModelNode, over: ModelNode, path: ModelPath): ModelNode {
  const merge = special.find(path);
  if (merge !== undefined) return merge(base, over, path);
  if (over.kind === "null") return base;
  if (base.kind === "map" && over.kind === "map") return mergeMappings(base, over, path);
  if (base.kind === "list" && over.kind === "list") return { ...base, items: [...base.items, ...over.items] };
  if (base.kind !== "map" && base.kind !== "list") return over;
  const message = `\`${pathText(path)}\` is ${describeNode(over)} here, but ${describeNode(base)} in what it is merged with.`;
  throw new ModelProblem("compose.merge", message, keyOrPlace(over), "Write both in the same form.");
}

function mergeMappings(base: MapNode, over: MapNode, path: ModelPath): MapNode {
  const entries = new Map(base.entries);
  for (const [key, value] of over.entries) {
    const existing = entries.get(key);
    const isNew = existing === undefined || key.startsWith("x-");
    entries.set(key, isNew ? value : mergeNodes(existing, value, [...path, key]));
  }
  return { ...base, entries };
}

function asBuild(node: ModelNode): MapNode {
  if (node.kind === "map") return node;
  return mapNode(node.kind === "text" ? [["context", node]] : [], node.place);
}

function asDependencies(node: ModelNode): MapNode {
  return toMapping(node, dependency);
}

/** What a name alone in `depends_on` stands for. */
export function dependency(item: ModelNode): ModelNode {
  const entries: [string, ModelNode][] = [
    ["condition", textNode("service_started", item.place)],
    ["required", boolNode(true, item.place)],
  ];
  return { ...mapNode(entries, item.place), keyPlace: item.place };
}

function appendNew(base: ModelNode, over: ModelNode): ModelNode {
  const first = toSequence(base);
  const known = new Set(first.items.map(itemKey));
  return { ...first, items: [...first.items, ...toSequence(over).items.filter((item) => !known.has(itemKey(item)))] };
}

function itemKey(node: ModelNode): string {
  return node.kind === "map" || node.kind === "list" ? "" : `${node.kind} ${scalarText(node)}`;
}

/** Options of one log driver mean nothing to another: they merge only when both speak of the same one, or one of none. */
function mergeLogging(base: ModelNode, over: ModelNode, path: ModelPath): ModelNode {
  if (base.kind !== "map" || over.kind !== "map") return over;
  const first = textAt(base, "driver");
  const second = textAt(over, "driver");
  return first === second || first === undefined || second === undefined ? mergeMappings(base, over, path) : over;
}

/** Pools of one subnet merge, others stand side by side. */
function mergeAddressPools(base: ModelNode, over: ModelNode, path: ModelPath): ModelNode {
  // What is no pool is left for the check of the merged model to refuse.
  const isPools = (node: ModelNode) => node.kind === "list" && node.items.every(({ kind }) => kind === "map");
  if (base.kind !== "list" || over.kind !== "list" || !isPools(base) || !isPools(over))
    return isPools(base) ? over : base;
  const pools: MapNode[] = [];
  for (const original of base.items) {
    let right = toMapping(original);
    for (const item of over.items) {
      const left = toMapping(item);
      const isOther = textAt(left, "subnet") !== textAt(right, "subnet");
      if (isOther && !pools.some((pool) => textAt(pool, "subnet") === textAt(left, "subnet"))) {
        pools.push(left);
        continue;
      }
      right = mergeMappings(right, left, path);
      const index = pools.findIndex((pool) => textAt(pool, "subnet") === textAt(right, "subnet"));
      if (index >= 0) pools[index] = right;
      else pools.push(right);
    }
  }
  return { ...base, items: pools };
}
