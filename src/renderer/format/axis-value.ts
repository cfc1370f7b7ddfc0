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
