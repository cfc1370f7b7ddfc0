import { type Dependency, dependencySchema } from "../../../shared/domain/index.ts";
import { badValue, type Fields, fieldsOf, wrongType } from "./fields.ts";
import type { TreeNode } from "./tree.ts";
import { readFlag, readText, textOf } from "./values.ts";

/** A dependency with the node that names it; `isRequired` false: it may be missing from the file. */
export interface PlacedDependency extends Dependency {
  node: TreeNode;
  isRequired: boolean;
}

/** `depends_on` of a service: a list of names, or a mapping with conditions. */
export function readDependsOn(fields: Fields): PlacedDependency[] {
  const { reading, owner } = fields;
  const node = fields.get("depends_on");
  if (node === null) return [];
  if (node.kind === "scalar") {
    wrongType(reading, node, `\`depends_on\` of ${owner}`, "a list or a mapping of services");
    return [];
  }
  if (node.kind === "list") {
    return node.items.flatMap((item) => {
      const service = textOf(reading, item, `an entry of \`depends_on\` of ${owner}`);
      return service === null ? [] : { service, condition: "service_started", node: item, isRequired: true };
    });
  }
  return [...node.entries.values()].flatMap(({ key: service, node: item }) => {
    if (item.kind === "scalar" && item.value === null) {
      return { service, condition: "service_started", node: item, isRequired: true };
    }
    const dependency = fieldsOf(reading, item, `the dependency \`${service}\` of ${owner}`);
    if (dependency === null) return [];
    const text = readText(dependency, "condition") ?? "service_started";
    const condition = dependencySchema.shape.condition.safeParse(text);
    const isRequired = readFlag(dependency, "required", true);
    dependency.finish();
    if (!condition.success) {
      const hint = "Use service_started, service_healthy or service_completed_successfully.";
      badValue(reading, dependency.get("condition") ?? item, `"${text.slice(0, 60)}" is not a condition.`, hint);
      return [];
    }
    return { service, condition: condition.data, node: item, isRequired };
  });
}
