import type { Stack } from "../../../shared/domain/index.ts";
import { type Fields, fieldsOf } from "./fields.ts";
import { isNull, type TreeNode } from "./tree.ts";
import { readFlag, readText } from "./values.ts";

/** `external` of a volume or network: true, or the old form `{name: …}`. */
function readExternal(fields: Fields): { external: boolean; externalName: string | null } {
  const name = readText(fields, "name");
  const node = fields.get("external");
  if (node?.kind !== "map") return { external: readFlag(fields, "external", false), externalName: name };
  const old = fieldsOf(fields.reading, node, `\`external\` of ${fields.owner}`);
  const oldName = old === null ? null : readText(old, "name");
  old?.finish();
  return { external: true, externalName: oldName ?? name };
}

/** Each name under a top-level key with its keys; a name without any is an empty mapping. */
function readEach<T>(stack: Fields, key: string, what: string, read: (name: string, fields: Fields | null) => T): T[] {
  const node = stack.get(key);
  const group = node === null ? null : fieldsOf(stack.reading, node, `\`${key}\``);
  if (group === null) return [];
  return [...group.map.entries.values()].flatMap(({ key: name, node: value }) => {
    if (name.startsWith("x-")) return [];
    const fields = isNull(value) ? null : fieldsOf(stack.reading, value, `the ${what} \`${name}\``);
    const result = read(name, fields);
    fields?.finish();
    return [result];
  });
}

/** Top-level `volumes`. A `name` of its own is what the engine calls it, external or not. */
export function readStackVolumes(stack: Fields): Stack["volumes"] {
  return readEach(stack, "volumes", "volume", (name, fields) => {
    if (fields === null) return { name, external: false, externalName: null };
    const volume = { name, ...readExternal(fields) };
    if (readText(fields, "driver") !== "local" && fields.has("driver")) {
      const message = `The driver of ${fields.owner} is not applied: the engine's local driver is used.`;
      stack.reading.warn("compose.unsupported-key", fields.get("driver")?.place ?? null, message);
    }
    return volume;
  });
}

/** Top-level `networks`. */
export function readStackNetworks(stack: Fields): Stack["networks"] {
  return readEach(stack, "networks", "network", (name, fields) => {
    if (fields === null) return { name, external: false, externalName: null, internal: false, driver: null };
    const internal = readFlag(fields, "internal", false);
    return { name, ...readExternal(fields), internal, driver: readText(fields, "driver") };
  });
}

/** Top-level `x-bayplan: {load: "…"}`: how the stack is loaded while it is measured, in words. */
export function readLoadDescription(stack: Fields): string | null {
  const node: TreeNode | null = stack.get("x-bayplan");
  const own = node === null ? null : fieldsOf(stack.reading, node, "`x-bayplan`");
  if (own === null) return null;
  const text = readText(own, "load");
  own.finish();
  return text;
}
