/** A value of the canonical model as it is printed. Whole numbers of any size are bigints, mappings keep any key. */
export type JsonValue = null | boolean | number | bigint | string | JsonValue[] | JsonMap;
export type JsonMap = Map<string, JsonValue>;

/** The value as JSON text, two spaces a level, keys in their order. */
export function printJson(value: JsonValue, indent = ""): string {
  if (value instanceof Map) {
    if (value.size === 0) return "{}";
    const below = `${indent}  `;
    const lines = [...value].map(([key, item]) => `${below}${escapedText(key)}: ${printJson(item, below)}`);
    return `{\n${lines.join(",\n")}\n${indent}}`;
  }
  if (Array.isArray(value)) {
    if (value.length === 0) return "[]";
    const below = `${indent}  `;
    return `[\n${value.map((item) => `${below}${printJson(item, below)}`).join(",\n")}\n${indent}]`;
  }
  return typeof value === "bigint" ? value.toString() : escapedText(value);
}

/** JSON leaves DEL, the C1 controls and direction marks as they are; a terminal would follow them. */
function escapedText(value: string | number | boolean | null): string {
  return JSON.stringify(value).replaceAll(
    /[\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** The mapping under a key, when there is one. */
export function mapAt(map: JsonMap | undefined, key: string): JsonMap | undefined {
  const value = map?.get(key);
  return value instanceof Map ? value : undefined;
}

/** The text under a key, "" when there is none. */
export function stringAt(map: JsonMap | undefined, key: string): string {
  const value = map?.get(key);
  return typeof value === "string" ? value : "";
}

/** The list under a key, empty when there is none. */
export function listAt(map: JsonMap | undefined, key: string): JsonValue[] {
  const value = map?.get(key);
  return Array.isArray(value) ? value : [];
}
