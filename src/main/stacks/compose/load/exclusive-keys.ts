import { ModelProblem } from "../model-problem.ts";
import { at, keyOrPlace, type ModelNode } from "../node.ts";
import { listItem, type ModelPath, PatternTable, pathText } from "../path-pattern.ts";

type Check = (node: ModelNode, path: ModelPath) => void;

/** Keys that do not go together, or of which one must be there. */
const checks = new PatternTable<Check>({
  "volumes.*": externalAlone,
  "configs.*": (node, path) => oneSource(node, path, ["file", "environment", "content"]),
  "secrets.*": (node, path) => oneSource(node, path, ["file", "environment"]),
  "services.*.develop.watch.*.path": notBlank,
  "services.*.deploy.resources.reservations.devices.*": countOrIds,
  "services.*.gpus.*": countOrIds,
});

/** @throws ModelProblem for two keys that contradict each other, or a config or secret without a source. */
export function checkExclusiveKeys(root: ModelNode, path: ModelPath = []): void {
  const check = checks.find(path);
  if (check !== undefined) check(root, path);
  else if (root.kind === "map") for (const [key, value] of root.entries) checkExclusiveKeys(value, [...path, key]);
  else if (root.kind === "list") for (const item of root.items) checkExclusiveKeys(item, [...path, listItem]);
}

function externalAlone(node: ModelNode, path: ModelPath): void {
  const external = at(node, "external");
  if (node.kind !== "map" || external?.kind !== "bool" || !external.value) return;
  for (const [key, value] of node.entries) {
    if (key === "name" || key === "external" || key.startsWith("x-")) continue;
    const message = `\`${pathText(path)}\` is external, so it cannot say \`${key}\`.`;
    throw new ModelProblem("compose.conflict", message, keyOrPlace(value), `Take out \`${key}\`, or \`external\`.`);
  }
}

function oneSource(node: ModelNode, path: ModelPath, keys: readonly string[]): void {
  if (node.kind !== "map") return;
  const present = keys.filter((key) => node.entries.has(key));
  const names = keys.map((key) => `\`${key}\``).join(", ");
  if (present.length > 1) {
    const message = `\`${pathText(path)}\` can have only one of ${names}.`;
    throw new ModelProblem("compose.conflict", message, keyOrPlace(node));
  }
  if (present.length === 1 || node.entries.has("driver") || node.entries.has("external")) return;
  const message = `\`${pathText(path)}\` needs one of ${names}.`;
  throw new ModelProblem("compose.missing-key", message, keyOrPlace(node));
}

function notBlank(node: ModelNode, path: ModelPath): void {
  if (node.kind !== "text" || node.value !== "") return;
  throw new ModelProblem("compose.bad-value", `\`${pathText(path)}\` cannot be empty.`, node.place);
}

function countOrIds(node: ModelNode, path: ModelPath): void {
  if (node.kind !== "map" || !node.entries.has("count") || !node.entries.has("device_ids")) return;
  const message = `\`${pathText(path)}\` can have \`count\` or \`device_ids\`, not both.`;
  throw new ModelProblem("compose.conflict", message, keyOrPlace(node));
}
