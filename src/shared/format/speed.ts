import type { MeasuredSpeed } from "../domain/index.ts";

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** How fast one core is, with the day it was measured: `1,234 MIPS a core, measured 27 Nov`; the year when it is another one. */
export function speedText(
  { singleCoreScore, measuredAt }: Pick<MeasuredSpeed, "singleCoreScore" | "measuredAt">,
  nowMs: number,
): string {
  const at = new Date(measuredAt);
  const year = at.getFullYear() === new Date(nowMs).getFullYear() ? "" : ` ${at.getFullYear()}`;
  const mips = String(Math.round(singleCoreScore)).replace(/\B(?=(\d{3})+$)/g, ",");
  return `${mips} MIPS a core, measured ${at.getDate()} ${months[at.getMonth()] ?? ""}${year}`;
}
