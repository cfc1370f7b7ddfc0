import type { Axis } from "../../shared/domain/index.ts";
import { bytesText, memoryUse, mibText } from "../../shared/format/bytes.ts";
import { coreCountText } from "../../shared/format/cores.ts";

/** The figure of an axis: what was found (a range where there is doubt) and what there is to spend. */
export interface AxisText {
  value: string;
  rest: string;
}

function range(low: string, high: string): string {
  return low === high ? low : `${low} to ${high}`;
}

/** An axis in words: `662 to 695` `of 724 MiB`. The value is empty when nothing was measured. */
export function axisText(axis: Axis): AxisText {
  const value = axis.value;
  if (value === null) return { value: "", rest: axis.reason };
  const low = Math.max(value, axis.low ?? value);
  const high = Math.max(value, axis.high ?? value);
  if (axis.unit === "bytes") {
    if (axis.limit === null) return { value: bytesText(value), rest: "" };
    const use = memoryUse(value, axis.limit);
    const edge = use.unit === "MiB" ? mibText(high) : memoryUse(high, axis.limit).used;
    return { value: range(use.used, edge), rest: `of ${use.total} ${use.unit}` };
  }
  if (axis.unit === "cores") {
    const rest =
      axis.limit === null ? "cores" : `of ${coreCountText(axis.limit)} ${axis.limit === 1 ? "core" : "cores"}`;
    return { value: range(low.toFixed(2), high.toFixed(2)), rest };
  }
  if (axis.unit === "seconds") {
    const text = value < 10 ? value.toFixed(1) : value.toFixed(0);
    return { value: text, rest: axis.limit === null ? "s" : `of ${axis.limit} s` };
  }
  if (value < 0) return { value: bytesText(-value), rest: "a day less" };
  return { value: bytesText(value), rest: axis.limit === null ? "a day" : `a day, of ${bytesText(axis.limit)}` };
}

/** An amount of what an axis is about, with its unit. */
function amountText(amount: number, unit: Axis["unit"]): string {
  if (unit === "bytes") return bytesText(amount);
  if (unit === "cores") return `${coreCountText(amount)} cores`;
  if (unit === "seconds") return `${amount < 10 ? amount.toFixed(1) : amount.toFixed(0)} s`;
  return `${bytesText(amount)} a day`;
}

/** What is left of the limit, or how much it is past, in words; null where there is no limit or nothing was measured. */
export function headroomText({ verdict, value, high, limit, unit }: Axis): string | null {
  // A kill or a saturated second has settled it, whatever the readings leave.
  if (verdict === "does-not-fit" && (value ?? 0) <= (limit ?? 0)) return null;
  if (value === null || limit === null || unit === "bytesPerDay") return null;
  const edge = Math.max(value, high ?? value);
  const text = (amount: number) => `${amountText(amount, unit)} (${Math.round((amount / limit) * 100)} %)`;
  if (value > limit) return `${text(value - limit)} too much`;
  if (edge > limit) return `${text(limit - value)} to spare, but at worst ${text(edge - limit)} too much`;
  return edge > value
    ? `${text(limit - value)} to spare, ${text(limit - edge)} at worst`
    : `${text(limit - value)} to spare`;
}
