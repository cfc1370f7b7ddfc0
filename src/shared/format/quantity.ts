import type { Axis } from "../domain/index.ts";
import { bytesText } from "./bytes.ts";
import { coresText } from "./cores.ts";

/** A figure of an axis with its unit, `-` when there is none: `311 MiB`, `1.67`, `12 s`, `1.4 GiB/d`. */
export function quantityText(value: number | null, unit: Axis["unit"]): string {
  if (value === null) return "-";
  if (unit === "cores") return coresText(value, 2);
  if (unit === "seconds") return `${value.toFixed(0)} s`;
  const bytes = value < 0 ? `-${bytesText(-value)}` : bytesText(value);
  return unit === "bytes" ? bytes : `${bytes}/d`;
}
