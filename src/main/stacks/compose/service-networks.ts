import type { Service } from "../../../shared/domain/index.ts";
import { type Fields, fieldsOf, wrongType } from "./fields.ts";
import type { TreeNode } from "./tree.ts";
import { textOf, textsOf } from "./values.ts";

/** The network that a service joins when it names none. */
export const defaultNetwork = "default";

/** A network of a service with the node that names it. */
export interface PlacedNetwork {
  name: string;
  aliases: string[];
  node: TreeNode | null;
}

/** `networks` of a service: a list of names, or a mapping with aliases. Without any it is the default network. */
export function readServiceNetworks(fields: Fields): PlacedNetwork[] {
  const { reading, owner } = fields;
  const node = fields.get("networks");
  if (node === null) return [{ name: defaultNetwork, aliases: [], node: null }];
  if (node.kind === "scalar") {
    wrongType(reading, node, `\`networks\` of ${owner}`, "a list or a mapping of networks");
    return [];
  }
  if (node.kind === "list") {
    return node.items.flatMap((item) => {
      const name = textOf(reading, item, `an entry of \`networks\` of ${owner}`);
      return name === null ? [] : { name, aliases: [], node: item };
    });
  }
  return [...node.entries.values()].flatMap(({ key: name, node: item }) => {
    if (item.kind === "scalar" && item.value === null) return { name, aliases: [], node: item };
    const network = fieldsOf(reading, item, `the network \`${name}\` of ${owner}`);
    if (network === null) return [];
    const aliasesNode = network.get("aliases");
    const aliases = aliasesNode === null ? [] : textsOf(reading, aliasesNode, `\`aliases\` of the network \`${name}\``);
    network.finish();
    return { name, aliases, node: item };
  });
}

/** The networks as the domain has them. */
export function plainNetworks(networks: readonly PlacedNetwork[]): Service["networks"] {
  return networks.map(({ name, aliases }) => ({ name, aliases }));
}
