import { dependency } from "../merge/merge-models.ts";
import { toMapping } from "../merge/sequences.ts";
import { ModelProblem } from "../model-problem.ts";
import {
  boolNode,
  describeNode,
  listNode,
  type MapNode,
  type ModelNode,
  mapEntries,
  mapNode,
  nullNode,
  textNode,
} from "../node.ts";
import { listItem, type ModelPath, PatternTable, pathText } from "../path-pattern.ts";
import { expandPort } from "./port.ts";
import { expandVolume } from "./volume.ts";

type Expand = (node: ModelNode, path: ModelPath, budget: PortBudget) => ModelNode;

/** A range in every line would fill the memory: this many ports is every port of a machine, and then some. */
interface PortBudget {
  left: number;
}
const maxPorts = 100_000;

/** Where a value may stand in a short form, and how it becomes the long one. */
const expansions: PatternTable<Expand> = new PatternTable<Expand>({
  "services.*.build.secrets.*": fileMount,
  "services.*.build.additional_contexts": keyValues,
  "services.*.depends_on": dependencies,
  "services.*.env_file": envFiles,
  "services.*.label_file": listOfTexts,
  "services.*.extends": (node, path, budget) => inMapping("service", node, path, budget),
  "services.*.gpus": gpus,
  "services.*.networks": (node) => (node.kind === "list" ? toMapping(node) : node),
  "services.*.volumes.*": (node, path) => (node.kind === "text" ? expandVolume(node) : mappingOnly(node, path)),
  "services.*.dns": listOfTexts,
  "services.*.devices.*": device,
  "services.*.secrets.*": fileMount,
  "services.*.configs.*": fileMount,
  "services.*.ports": ports,
  "services.*.build": (node, path, budget) => inMapping("context", node, path, budget),
  "services.*.build.ssh": sshKeys,
  "services.*.ulimits.*": ulimit,
  "services.*.build.ulimits.*": ulimit,
  "volumes.*": external,
  "networks.*": external,
  "secrets.*": external,
  "configs.*": external,
});

/**
 * A model in which every value stands in its long form.
 * @throws ModelProblem for a short form that cannot be read.
 */
export function longForms(root: MapNode): MapNode {
  return belowMapping(root, [], { left: maxPorts });
}

function expand(node: ModelNode, path: ModelPath, budget: PortBudget): ModelNode {
  const expansion = expansions.find(path);
  const expanded = expansion === undefined ? below(node, path, budget) : expansion(node, path, budget);
  return node.keyPlace === undefined ? expanded : { ...expanded, keyPlace: node.keyPlace };
}

function below(node: ModelNode, path: ModelPath, budget: PortBudget): ModelNode {
  if (node.kind === "map") return belowMapping(node, path, budget);
  if (node.kind !== "list") return node;
  return { ...node, items: node.items.map((item) => expand(item, [...path, listItem], budget)) };
}

function belowMapping(node: MapNode, path: ModelPath, budget: PortBudget): MapNode {
  return mapEntries(node, (value, key) => expand(value, [...path, key], budget));
}

function wrong(node: ModelNode, path: ModelPath, expected: string): ModelProblem {
  const message = `\`${pathText(path)}\` must be ${expected}, this is ${describeNode(node)}.`;
  return new ModelProblem("compose.wrong-type", message, node.place);
}

function mappingOnly(node: ModelNode, path: ModelPath): ModelNode {
  if (node.kind === "map") return node;
  throw wrong(node, path, "a text or a mapping");
}

function inMapping(key: string, node: ModelNode, path: ModelPath, budget: PortBudget): ModelNode {
  if (node.kind === "text") return mapNode([[key, node]], node.place);
  if (node.kind === "map") return belowMapping(node, path, budget);
  throw wrong(node, path, "a text or a mapping");
}

function listOfTexts(node: ModelNode): ModelNode {
  return node.kind === "text" ? listNode([node], node.place) : node;
}

function fileMount(node: ModelNode, path: ModelPath): ModelNode {
  return node.kind === "text" ? mapNode([["source", node]], node.place) : mappingOnly(node, path);
}

function keyValues(node: ModelNode, path: ModelPath): ModelNode {
  if (node.kind === "map") return node;
  if (node.kind !== "list") throw wrong(node, path, "a mapping or a list");
  const entries = node.items.map((item): [string, ModelNode] => {
    const [, key, value] = (item.kind === "text" ? /^([^=]*)=([\s\S]*)$/.exec(item.value) : null) ?? [];
    if (key !== undefined && value !== undefined)
      return [key, { ...textNode(value, item.place), keyPlace: item.place }];
    throw new ModelProblem("compose.bad-value", `An item of \`${pathText(path)}\` must be KEY=VALUE.`, item.place);
  });
  return mapNode(entries, node.place);
}

function dependencies(node: ModelNode, path: ModelPath): ModelNode {
  if (node.kind === "list") return toMapping(node, dependency);
  if (node.kind !== "map") throw wrong(node, path, "a list or a mapping");
  const entries = [...node.entries].map(([name, value]): [string, ModelNode] => {
    if (value.kind !== "map") throw wrong(value, [...path, name], "a mapping");
    const added = new Map(value.entries);
    if (!added.has("condition")) added.set("condition", textNode("service_started", value.place));
    if (!added.has("required")) added.set("required", boolNode(true, value.place));
    return [name, { ...value, entries: added }];
  });
  return { ...node, entries: new Map(entries) };
}

function envFiles(node: ModelNode, path: ModelPath): ModelNode {
  if (node.kind === "text") return listNode([envFile(node)], node.place);
  if (node.kind !== "list") throw wrong(node, path, "a text or a list");
  return { ...node, items: node.items.map(envFile) };
}

function envFile(node: ModelNode): ModelNode {
  if (node.kind === "text") {
    const entries: [string, ModelNode][] = [
      ["path", node],
      ["required", boolNode(true, node.place)],
    ];
    return mapNode(entries, node.place);
  }
  if (node.kind !== "map" || node.entries.has("required")) return node;
  return { ...node, entries: new Map([...node.entries, ["required", boolNode(true, node.place)]]) };
}

function gpus(node: ModelNode, path: ModelPath, budget: PortBudget): ModelNode {
  if (node.kind === "list") return below(node, path, budget);
  if (node.kind !== "text") throw wrong(node, path, '"all" or a list');
  return listNode([mapNode([["count", textNode("all", node.place)]], node.place)], node.place);
}

function device(node: ModelNode, path: ModelPath): ModelNode {
  if (node.kind !== "text") return mappingOnly(node, path);
  const [source = "", target = "", permissions = "rwm", ...rest] = node.value.split(":");
  if (rest.length > 0) {
    const message = `"${node.value}" has too many colons for a device.`;
    throw new ModelProblem(
      "compose.bad-value",
      message,
      node.place,
      "Write it with `source`, `target` and `permissions`.",
    );
  }
  const entries: [string, ModelNode][] = [
    ["source", textNode(source, node.place)],
    ["target", textNode(target === "" ? source : target, node.place)],
    ["permissions", textNode(permissions, node.place)],
  ];
  return mapNode(entries, node.place);
}

function ports(node: ModelNode, path: ModelPath, budget: PortBudget): ModelNode {
  if (node.kind !== "list") throw wrong(node, path, "a list");
  const items = node.items.flatMap((item): ModelNode[] => {
    if (item.kind === "text" || item.kind === "int") {
      const expanded = expandPort(item);
      budget.left -= expanded.length;
      if (budget.left >= 0) return expanded;
      throw new ModelProblem("compose.too-large", `The file publishes more than ${maxPorts} ports.`, item.place);
    }
    if (item.kind === "map") return [item];
    throw wrong(item, [...path, listItem], "a text, a whole number or a mapping");
  });
  return { ...node, items };
}

function sshKeys(node: ModelNode, path: ModelPath): ModelNode {
  if (node.kind === "map") return node;
  if (node.kind !== "list") throw wrong(node, path, "a list or a mapping");
  const entries = node.items.map((item): [string, ModelNode] => {
    const [, id, file] = (item.kind === "text" ? /^([^=]*)(?:=([\s\S]*))?$/.exec(item.value) : null) ?? [];
    if (id === undefined || (file === undefined && id !== "default")) {
      const message = `An item of \`${pathText(path)}\` must be \`default\` or ID=PATH.`;
      throw new ModelProblem("compose.bad-value", message, item.place);
    }
    return [id, file === undefined ? nullNode(item.place) : textNode(file, item.place)];
  });
  return mapNode(entries, node.place);
}

function ulimit(node: ModelNode, path: ModelPath): ModelNode {
  if (node.kind === "map" || node.kind === "int") return node;
  throw wrong(node, path, "a whole number or a mapping");
}

/** The old form `external: {name: NAME}` says the name one level too deep. */
function external(node: ModelNode, path: ModelPath, budget: PortBudget): ModelNode {
  if (node.kind === "null") return node;
  if (node.kind !== "map") throw wrong(node, path, "a mapping");
  const resource = belowMapping(node, path, budget);
  const old = resource.entries.get("external");
  if (old?.kind !== "map") return resource;
  const entries = new Map(resource.entries);
  entries.set("external", boolNode(true, old.place));
  const oldName = old.entries.get("name");
  const name = resource.entries.get("name");
  if (oldName?.kind === "text" && name === undefined) entries.set("name", oldName);
  if (oldName?.kind === "text" && name?.kind === "text" && oldName.value !== name.value) {
    const message = `\`${pathText(path)}\` has two names: \`name\` and \`external.name\`.`;
    throw new ModelProblem("compose.conflict", message, oldName.place, "Keep `name` and write `external: true`.");
  }
  return { ...resource, entries };
}
