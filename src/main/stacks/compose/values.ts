import { parseByteSize } from "./byte-size.ts";
import { parseDurationMs } from "./duration.ts";
import { badValue, type Fields, wrongType } from "./fields.ts";
import type { Reading } from "./reading.ts";
import { splitShellWords } from "./shell-words.ts";
import type { TreeNode } from "./tree.ts";

/** A scalar as text: numbers and booleans as they print. Null, with a finding, for anything else. */
export function textOf(reading: Reading, node: TreeNode, what: string): string | null {
  if (node.kind === "scalar" && node.value !== null) return String(node.value);
  wrongType(reading, node, what, "a text");
  return null;
}

/** The text under a key; null when it is absent. */
export function readText(fields: Fields, key: string): string | null {
  const node = fields.get(key);
  return node === null ? null : textOf(fields.reading, node, `\`${key}\` of ${fields.owner}`);
}

/** True or false under a key, also as the text that a variable gives; `fallback` when it is absent. */
export function readFlag(fields: Fields, key: string, fallback: boolean): boolean {
  const node = fields.get(key);
  if (node === null) return fallback;
  if (node.kind === "scalar" && typeof node.value === "boolean") return node.value;
  const text = node.kind === "scalar" ? String(node.value).toLowerCase() : "";
  if (["true", "yes", "on", "y", "1"].includes(text)) return true;
  if (["false", "no", "off", "n", "0"].includes(text)) return false;
  wrongType(fields.reading, node, `\`${key}\` of ${fields.owner}`, "true or false");
  return fallback;
}

/** A number under a key, not negative; null when it is absent. */
export function readNumber(fields: Fields, key: string): number | null {
  const node = fields.get(key);
  if (node === null) return null;
  const text = node.kind === "scalar" ? String(node.value).trim() : "";
  if (/^\d+(?:\.\d+)?$/.test(text)) return Number(text);
  wrongType(fields.reading, node, `\`${key}\` of ${fields.owner}`, "a number that is not negative");
  return null;
}

/** A whole number under a key; null when it is absent. */
export function readWhole(fields: Fields, key: string): number | null {
  const node = fields.get(key);
  if (node === null) return null;
  const text = node.kind === "scalar" ? String(node.value).trim() : "";
  if (/^-?\d{1,15}$/.test(text)) return Number(text);
  wrongType(fields.reading, node, `\`${key}\` of ${fields.owner}`, "a whole number");
  return null;
}

/** A byte size under a key (`512m`, `64MiB`, an integer); null when it is absent. */
export function readBytes(fields: Fields, key: string): number | null {
  const node = fields.get(key);
  if (node === null) return null;
  const what = `\`${key}\` of ${fields.owner}`;
  const text = textOf(fields.reading, node, what);
  const bytes = text === null ? null : parseByteSize(text);
  if (text !== null && bytes === null) {
    badValue(
      fields.reading,
      node,
      `${what} is not a size: "${text.slice(0, 60)}".`,
      "Write it like 512m, 1.5g or 64MiB.",
    );
  }
  return bytes;
}

/** A duration under a key (`1m30s`) in milliseconds; null when it is absent. */
export function readDurationMs(fields: Fields, key: string): number | null {
  const node = fields.get(key);
  if (node === null) return null;
  const what = `\`${key}\` of ${fields.owner}`;
  const text = textOf(fields.reading, node, what);
  const ms = text === null ? null : parseDurationMs(text);
  if (text !== null && ms === null) {
    badValue(
      fields.reading,
      node,
      `${what} is not a duration: "${text.slice(0, 60)}".`,
      "Write it like 10s, 1m30s or 1.5h.",
    );
  }
  return ms;
}

/** A list of scalars as texts; what is not one becomes a finding and is left out. */
export function textsOf(reading: Reading, node: TreeNode, what: string): string[] {
  if (node.kind !== "list") {
    wrongType(reading, node, what, "a list");
    return [];
  }
  return node.items.flatMap((item) => textOf(reading, item, `an entry of ${what}`) ?? []);
}

/** A command line: a list as it is, a text split into words; null when it is absent. */
export function readWords(fields: Fields, key: string): string[] | null {
  const node = fields.get(key);
  if (node === null) return null;
  const what = `\`${key}\` of ${fields.owner}`;
  if (node.kind === "list") return textsOf(fields.reading, node, what);
  if (node.kind === "map") {
    wrongType(fields.reading, node, what, "a text or a list of texts");
    return null;
  }
  const words = splitShellWords(String(node.value));
  if (words === null) badValue(fields.reading, node, `${what} has a quote that is never closed.`);
  return words;
}

/** `{NAME: value}` or `["NAME=value"]`; a value of null is a name alone. */
export function readPairs(fields: Fields, key: string): { name: string; value: string | null; node: TreeNode }[] {
  const node = fields.get(key);
  const what = `\`${key}\` of ${fields.owner}`;
  if (node === null) return [];
  if (node.kind === "scalar") {
    wrongType(fields.reading, node, what, "a mapping or a list of NAME=value");
    return [];
  }
  if (node.kind === "list") {
    return node.items.flatMap((item) => {
      const text = textOf(fields.reading, item, `an entry of ${what}`);
      if (text === null) return [];
      const equals = text.indexOf("=");
      return {
        name: equals < 0 ? text : text.slice(0, equals),
        value: equals < 0 ? null : text.slice(equals + 1),
        node: item,
      };
    });
  }
  return [...node.entries.values()].flatMap(({ key: name, node: item }) => {
    if (item.kind === "scalar" && item.value === null) return { name, value: null, node: item };
    const value = textOf(fields.reading, item, `\`${name}\` in ${what}`);
    return value === null ? [] : { name, value, node: item };
  });
}
