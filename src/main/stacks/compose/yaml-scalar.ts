import type { Place } from "../../../shared/domain/index.ts";
import { boolNode, intNode, nullNode, type ScalarNode, textNode } from "./node.ts";

/**
 * What a plain scalar means to the YAML reader that Compose uses (yaml.v3 for Go): YAML 1.2 core, and beside it
 * 1.1's octals (`0440`), binary numbers, underscores and dates. `yes`, `no`, `on` and `off` are texts.
 */
export function plainScalar(source: string, place: Place): ScalarNode {
  const word = words.get(source);
  if (word !== undefined) return word === null ? nullNode(place) : boolNode(word, place);
  const special = specialFloats.get(source);
  if (special !== undefined) return { kind: "float", value: special, place };
  if (/^\.[0-9]/.test(source)) return decimal(source, place) ?? textNode(source, place);
  if (!/^[-+0-9]/.test(source)) return textNode(source, place);
  return time(source, place) ?? number(source.replaceAll("_", ""), place) ?? textNode(source, place);
}

const words = new Map<string, boolean | null>([
  ["", null],
  ["~", null],
  ["null", null],
  ["Null", null],
  ["NULL", null],
  ["true", true],
  ["True", true],
  ["TRUE", true],
  ["false", false],
  ["False", false],
  ["FALSE", false],
]);

const specialFloats = new Map<string, number>(
  ["inf", "Inf", "INF"]
    .flatMap((word): [string, number][] => [
      [`.${word}`, Number.POSITIVE_INFINITY],
      [`+.${word}`, Number.POSITIVE_INFINITY],
      [`-.${word}`, Number.NEGATIVE_INFINITY],
    ])
    .concat([".nan", ".NaN", ".NAN"].map((word): [string, number] => [word, Number.NaN])),
);

function number(text: string, place: Place): ScalarNode | null {
  const match = /^([-+]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+|0[0-7]*|[1-9][0-9]*)$/.exec(text);
  const digits = match?.[2];
  if (digits === undefined) return decimal(text, place);
  const magnitude = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits);
  const value = match?.[1] === "-" ? -magnitude : magnitude;
  if (value >= -(2n ** 63n) && value < 2n ** 64n) return intNode(value, place);
  return decimal(text, place);
}

function decimal(text: string, place: Place): ScalarNode | null {
  if (!/^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/.test(text)) return null;
  const value = Number(text);
  return Number.isFinite(value) ? { kind: "float", value, place } : null;
}

const datePattern =
  /^([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[Tt ]([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(\.[0-9]{1,9})?(Z|[-+][0-9]{2}:[0-9]{2})?)?$/;

function time(source: string, place: Place): ScalarNode | null {
  const match = datePattern.exec(source);
  if (match === null) return null;
  const [, year, month, day, hour, minute, second, fraction, zone] = match;
  // With `T` a zone must stand at the end, with a space it must not.
  const isSpaced = source.includes(" ");
  if (hour !== undefined && isSpaced === (zone !== undefined)) return null;
  const text =
    `${year}-${two(month)}-${two(day)}` +
    `T${two(hour)}:${two(minute)}:${two(second)}${fraction?.slice(0, 4) ?? ""}${zone ?? "Z"}`;
  const value = new Date(text);
  if (Number.isNaN(value.getTime())) return null;
  // 30 February rolls over to March here; for the reference it is a text.
  if (zone === undefined && value.getUTCDate() !== Number(day)) return null;
  return { kind: "time", value, place };
}

function two(part: string | undefined): string {
  return (part ?? "0").padStart(2, "0");
}
