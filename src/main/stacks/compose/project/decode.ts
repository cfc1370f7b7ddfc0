import { ModelProblem } from "../model-problem.ts";
import { describeNode, type ModelNode } from "../node.ts";
import { pathText } from "../path-pattern.ts";
import { scalarText, singleFloat } from "../scalar-text.ts";
import { decimalNumber, readFlag, wholeNumber } from "../variables/casts.ts";
import { parseByteSize } from "./byte-size.ts";
import { durationText, parseDuration } from "./duration.ts";
import type { JsonMap, JsonValue } from "./json-value.ts";
import { splitShellWords } from "./shell-words.ts";

/**
 * What a value becomes in the canonical model; undefined when it says nothing, and is not printed.
 * An empty text, 0, false, an empty list and an empty mapping say nothing where a plain type is meant; where "not set" and
 * "set to 0" differ, the decoder's name ends in `OrUnset`.
 */
export type Decode = (node: ModelNode, path: readonly string[]) => JsonValue | undefined;

function wrong(node: ModelNode, path: readonly string[], expected: string): ModelProblem {
  const given = node.kind === "text" ? `"${node.value.slice(0, 60)}"` : describeNode(node);
  return new ModelProblem(
    "compose.bad-value",
    `\`${pathText(path)}\` must be ${expected}, this is ${given}.`,
    node.place,
  );
}

/** A decoder whose zero value is kept. */
type Plain = (node: ModelNode, path: readonly string[]) => JsonValue;

const plainText: Plain = (node, path) => {
  if (node.kind === "text") return node.value;
  if (node.kind === "int") return node.value.toString();
  throw wrong(node, path, "a text");
};

const plainFlag: Plain = (node, path) => {
  const flag = node.kind === "bool" ? node.value : node.kind === "text" ? readFlag(node.value) : null;
  if (flag !== null) return flag;
  throw wrong(node, path, "true or false");
};

const plainWhole: Plain = (node, path) => {
  const value = node.kind === "text" ? wholeNumber(node.value) : wholeOf(node);
  if (value !== null) return value;
  throw wrong(node, path, "a whole number");
};

/** Fractions are cut off, as the reference cuts them. */
function wholeOf(node: ModelNode): bigint | null {
  if (node.kind === "int") return node.value;
  return node.kind === "float" && Number.isFinite(node.value) ? BigInt(Math.trunc(node.value)) : null;
}

const plainCount: Plain = (node, path) => {
  const value = wholeOf(node);
  if (value !== null && value >= 0n) return value;
  throw wrong(node, path, "a whole number that is not negative");
};

const plainSingle: Plain = (node, path) => {
  const value =
    node.kind === "text"
      ? decimalNumber(node.value)
      : node.kind === "int" || node.kind === "float"
        ? Number(node.value)
        : null;
  if (value !== null && Number.isFinite(value)) return singleFloat(value);
  throw wrong(node, path, "a number");
};

const plainBytes: Plain = (node, path) => {
  if (node.kind === "int") return node.value.toString();
  // A float is no size: the reference drops it.
  if (node.kind !== "text") return "0";
  const size = parseByteSize(node.value);
  if (size !== null) return size.toString();
  throw wrong(node, path, "a size like 512m");
};

const plainDuration: Plain = (node, path) => {
  const value = node.kind === "map" || node.kind === "list" ? null : parseDuration(scalarText(node));
  if (value !== null) return durationText(value);
  throw wrong(node, path, "a duration like 1m30s");
};

function omitting(plain: Plain, isZero: (value: JsonValue) => boolean): Decode {
  return (node, path) => {
    if (node.kind === "null") return undefined;
    const value = plain(node, path);
    return isZero(value) ? undefined : value;
  };
}

function orUnset(plain: Plain): Decode {
  return (node, path) => (node.kind === "null" ? undefined : plain(node, path));
}

export const text = omitting(plainText, (value) => value === "");
export const flag = omitting(plainFlag, (value) => value === false);
export const flagOrUnset = orUnset(plainFlag);
export const whole = omitting(plainWhole, (value) => value === 0n);
export const wholeOrUnset = orUnset(plainWhole);
export const count = omitting(plainCount, (value) => value === 0n);
export const countOrUnset = orUnset(plainCount);
/** A 32-bit float. */
export const single = omitting(plainSingle, (value) => value === 0);
/** A size in bytes, as a text of digits. */
export const bytes = omitting(plainBytes, (value) => value === "0");
export const duration = omitting(plainDuration, (value) => value === "0s");
export const durationOrUnset = orUnset(plainDuration);
/** These two are printed even when they say nothing. */
export const keptText = orUnset(plainText);
export const keptBytes = orUnset(plainBytes);
export const keptCount = orUnset(plainCount);
export const keptWhole = orUnset(plainWhole);

/** A list of texts; a single text is a list of one. */
export const texts: Decode = (node, path) => {
  if (node.kind === "null") return undefined;
  if (node.kind === "text") return [node.value];
  if (node.kind !== "list") throw wrong(node, path, "a list");
  return node.items.length === 0 ? undefined : node.items.map((item) => plainText(item, [...path, "[]"]));
};

/** A list of texts and numbers. */
export const textsOrNumbers: Decode = (node, path) => {
  if (node.kind === "null") return undefined;
  if (node.kind === "text") return [node.value];
  if (node.kind !== "list") throw wrong(node, path, "a list");
  if (node.items.length === 0) return undefined;
  return node.items.map((item) => scalarOf(item, [...path, "[]"]));
};

function scalarOf(node: ModelNode, path: readonly string[]): string {
  if (node.kind !== "map" && node.kind !== "list") return scalarText(node);
  throw wrong(node, path, "a text or a number");
}

/** A command: null when it is not set, an empty list when it is set to nothing. */
export const command: Decode = (node, path) => {
  if (node.kind === "null") return null;
  if (node.kind === "list") return node.items.map((item) => plainText(item, [...path, "[]"]));
  const words = node.kind === "text" ? splitShellWords(node.value) : null;
  if (words !== null) return words;
  throw wrong(node, path, "a list, or a command line with every quote and parenthesis closed");
};

/** The test of a healthcheck; a text alone is for the shell. */
export const healthTest: Decode = (node, path) =>
  node.kind === "text" ? ["CMD-SHELL", node.value] : texts(node, path);

/** `key=value` pairs; a key without a value is null or "", as `unset` says. */
function pairs(unset: null | ""): Decode {
  return (node, path) => {
    if (node.kind === "null") return undefined;
    const result: JsonMap = new Map();
    if (node.kind === "map") {
      for (const [key, value] of node.entries) {
        result.set(key, value.kind === "null" ? unset : scalarOf(value, [...path, key]));
      }
    } else if (node.kind === "list") {
      for (const item of node.items) {
        const pair = scalarOf(item, [...path, "[]"]);
        const index = pair.indexOf("=");
        result.set(index < 0 ? pair : pair.slice(0, index), index < 0 ? unset : pair.slice(index + 1));
      }
    } else throw wrong(node, path, "a list or a mapping");
    return result.size === 0 ? undefined : result;
  };
}

/** Variables: one without a value is null. */
export const variables = pairs(null);
/** Labels and the like: one without a value is an empty text. */
export const labels = pairs("");

/** Options of a driver: a mapping of scalars. */
export const options: Decode = (node, path) => {
  if (node.kind === "list") throw wrong(node, path, "a mapping");
  return labels(node, path);
};

/** Options whose values are texts or whole numbers. */
export const textOptions: Decode = (node, path) => {
  if (node.kind === "null") return undefined;
  if (node.kind !== "map") throw wrong(node, path, "a mapping");
  if (node.entries.size === 0) return undefined;
  return new Map(
    [...node.entries].map(([key, value]) => [key, value.kind === "null" ? "" : plainText(value, [...path, key])]),
  );
};

/** `count` of a device request: a number, or -1 for all. */
export const deviceCount: Decode = (node, path) => {
  if (node.kind === "text" && node.value.toLowerCase() === "all") return -1n;
  const value = node.kind === "int" ? node.value : node.kind === "text" ? wholeNumber(node.value) : null;
  if (value === null) throw wrong(node, path, '"all" or a whole number');
  return value === 0n ? undefined : value;
};

/** `extra_hosts` as a sorted list of `host=address`. */
export const hosts: Decode = (node, path) => {
  const found = new Map<string, string[]>();
  if (node.kind === "map") {
    for (const [host, value] of node.entries) {
      const addresses = value.kind === "list" ? value.items : [value];
      found.set(
        host,
        addresses.map((address) => scalarOf(address, [...path, host])),
      );
    }
  } else if (node.kind === "list") {
    for (const item of node.items) {
      const entry = scalarOf(item, [...path, "[]"]);
      const separator = entry.includes("=") ? "=" : ":";
      const index = entry.indexOf(separator);
      if (index < 0) throw wrong(item, path, "HOST=ADDRESS");
      const host = entry.slice(0, index);
      found.set(host, [...(found.get(host) ?? []), ...entry.slice(index + 1).split(",")]);
    }
  } else if (node.kind === "null") return undefined;
  else throw wrong(node, path, "a list or a mapping");
  const lines = [...found].flatMap(([host, addresses]) => {
    if (host === "" || /[:=]/.test(host)) throw wrong(node, path, `a list of host names; "${host}" is none`);
    return addresses.map((address) => `${host}=${address.replace(/^\[(.+)\]$/, "$1")}`);
  });
  return lines.length === 0 ? undefined : lines.sort((a, b) => (a < b ? -1 : 1));
};

/** A limit of `ulimits`: a number, or a mapping of `soft` and `hard`. */
export const ulimit: Decode = (node, path) => {
  if (node.kind === "int") return node.value === 0n ? new Map() : node.value;
  if (node.kind !== "map") throw wrong(node, path, "a whole number or a mapping");
  const result: JsonMap = new Map();
  for (const key of ["soft", "hard"]) {
    const value = node.entries.get(key);
    if (value !== undefined && value.kind !== "int") throw wrong(value, [...path, key], "a whole number");
    if (value !== undefined && value.value !== 0n) result.set(key, value.value);
  }
  return result;
};

/** Keys of an agent for a build: their names, with a path where one is given. */
export const sshKeys: Decode = (node, path) => {
  if (node.kind !== "map") throw wrong(node, path, "a mapping");
  const keys = [...node.entries].map(([id, value]) => {
    const file = value.kind === "null" ? "" : scalarOf(value, [...path, id]);
    return file === "" ? id : `${id}=${file}`;
  });
  return keys.length === 0 ? undefined : keys;
};

export interface ObjectRules {
  /** Keys that are printed even when the file does not have them, with their value then. */
  always?: Readonly<Record<string, () => JsonValue>>;
}

/** A mapping with known keys; others (`x-…`) are left out. */
export function object(fields: Readonly<Record<string, Decode>>, { always = {} }: ObjectRules = {}): Decode {
  const decoders = Object.entries(fields);
  const defaults = Object.entries(always);
  return (node, path) => {
    if (node.kind === "null") return undefined;
    if (node.kind !== "map") throw wrong(node, path, "a mapping");
    const result: JsonMap = new Map();
    for (const [key, decode] of decoders) {
      const value = node.entries.get(key);
      const decoded = value === undefined ? undefined : decode(value, [...path, key]);
      if (decoded !== undefined) result.set(key, decoded);
    }
    for (const [key, value] of defaults) if (!result.has(key)) result.set(key, value());
    return result;
  };
}

/** A mapping with other names for its keys. */
export function renamed(decode: Decode, names: Readonly<Record<string, string>>): Decode {
  return (node, path) => {
    const value = decode(node, path);
    if (!(value instanceof Map)) return value;
    return new Map([...value].map(([key, item]) => [names[key] ?? key, item]));
  };
}

/** A list of such values. */
export function listOf(decode: Decode): Decode {
  return (node, path) => {
    if (node.kind === "null") return undefined;
    if (node.kind !== "list") throw wrong(node, path, "a list");
    if (node.items.length === 0) return undefined;
    return node.items.map((item) => decode(item, [...path, "[]"]) ?? new Map());
  };
}

/** A mapping from names to such values; a name without a value is null. */
export function mapOf(decode: Decode): Decode {
  return (node, path) => {
    if (node.kind === "null") return undefined;
    if (node.kind !== "map") throw wrong(node, path, "a mapping");
    if (node.entries.size === 0) return undefined;
    return new Map(
      [...node.entries].map(([key, value]) => [
        key,
        value.kind === "null" ? null : (decode(value, [...path, key]) ?? new Map()),
      ]),
    );
  };
}

/** Anything as it stands: what an `x-…` key holds. */
export function asWritten(node: ModelNode): JsonValue {
  if (node.kind === "map") return new Map([...node.entries].map(([key, value]) => [key, asWritten(value)]));
  if (node.kind === "list") return node.items.map(asWritten);
  if (node.kind === "null") return null;
  if (node.kind === "time") return node.value.toISOString().replace(/\.?0*Z$/, "Z");
  return node.value;
}
