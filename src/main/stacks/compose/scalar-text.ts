import type { FloatNode, ScalarNode, TimeNode } from "./node.ts";

/**
 * A scalar as Compose writes it where it needs a text: a label `port: 80` is "80", `1e3` is "1000".
 * A date becomes "2024-01-01 00:00:00 +0000 UTC", an empty value "".
 */
export function scalarText(node: ScalarNode): string {
  if (node.kind === "text") return node.value;
  if (node.kind === "null") return "";
  if (node.kind === "float") return floatText(node.value);
  if (node.kind === "time") return timeText(node);
  return String(node.value);
}

/** The shortest digits; with an exponent below 1e-4 and from 1e6 on, as Go's `%v` prints a float. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  const [digits = "0", exponentText = "0"] = value.toExponential().split("e");
  const exponent = Number(exponentText);
  if (exponent >= -4 && exponent < 6) return Object.is(value, -0) ? "-0" : String(value);
  return `${digits}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
}

/** The shortest decimal that is the same 32-bit float, as a number: 1.1 and not 1.100000023841858. */
export function singleFloat(value: number): number {
  const single = Math.fround(value);
  for (let digits = 1; digits <= 9; digits += 1) {
    const candidate = Number(single.toPrecision(digits));
    if (Math.fround(candidate) === single) return candidate;
  }
  return single;
}

function timeText(node: TimeNode): string {
  const iso = node.value.toISOString();
  const fraction = iso.slice(19, -1).replace(/\.?0+$/, "");
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)}${fraction} +0000 UTC`;
}

/** True for a float without a fraction: JSON writes it like a whole number, and a schema takes it for one. */
export function isWhole(node: FloatNode): boolean {
  return Number.isInteger(node.value);
}
