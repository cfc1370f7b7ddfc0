import type uPlot from "uplot";
import type { ChartColors } from "./chart-colors.ts";
import type { ChartLine, ChartMarker } from "./chart-spec.ts";

/** What is drawn around the series: zones below them, lines and markers above. */
export interface ChartFrame {
  budget: ChartLine | null;
  limits: readonly ChartLine[];
  markers: readonly ChartMarker[];
  /** The share of the budget up to which the answer is "fits"; null draws no zone. */
  fitsShare: number | null;
  /** A moment that is now, in units of x. */
  nowX: number | null;
  peak: { x: number; y: number; label: string } | null;
}

function dpr(): number {
  return window.devicePixelRatio;
}

function hatch(context: CanvasRenderingContext2D, box: { x: number; y: number; w: number; h: number }): void {
  const step = 8 * dpr();
  context.beginPath();
  for (let offset = -box.h; offset < box.w; offset += step) {
    context.moveTo(box.x + offset, box.y + box.h);
    context.lineTo(box.x + offset + box.h, box.y);
  }
  context.lineWidth = 1.5 * dpr();
  context.stroke();
}

/** The zone between "fits" and the budget, and the hatching past it. They lie under the series. */
export function drawZones(plot: uPlot, frame: ChartFrame, colors: ChartColors): void {
  if (frame.budget === null) return;
  const { ctx: context, bbox } = plot;
  const lineY = plot.valToPos(frame.budget.value, "y", true);
  context.save();
  context.beginPath();
  context.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  context.clip();
  if (frame.fitsShare !== null) {
    const fitsY = plot.valToPos(frame.budget.value * frame.fitsShare, "y", true);
    context.fillStyle = colors.token("--tight-zone");
    context.fillRect(bbox.left, lineY, bbox.width, fitsY - lineY);
  }
  context.beginPath();
  context.rect(bbox.left, bbox.top, bbox.width, Math.max(0, lineY - bbox.top));
  context.clip();
  context.strokeStyle = colors.token("--hatch");
  context.globalAlpha = colors.hatchAlpha;
  hatch(context, { x: bbox.left, y: bbox.top, w: bbox.width, h: Math.max(0, lineY - bbox.top) });
  context.restore();
}

function label(plot: uPlot, text: string, y: number, colors: ChartColors, strong: boolean): void {
  const { ctx: context, bbox } = plot;
  context.font = `${strong ? 600 : 400} ${11 * dpr()}px ${colors.font}`;
  context.fillStyle = colors.token(strong ? "--text" : "--chart-axis");
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.fillText(text, bbox.left + bbox.width + 8 * dpr(), y);
}

/** A limit is thin and dashed; its name stands at its right end unless the budget's name is in the way. */
function drawLimit(plot: uPlot, limit: ChartLine, budgetY: number | null, colors: ChartColors): void {
  const { ctx: context, bbox } = plot;
  const y = plot.valToPos(limit.value, "y", true);
  if (y < bbox.top) return;
  context.beginPath();
  context.strokeStyle = colors.token("--text-2");
  context.lineWidth = colors.limitWidth * dpr();
  context.setLineDash([4 * dpr(), 3 * dpr()]);
  context.moveTo(bbox.left, y);
  context.lineTo(bbox.left + bbox.width, y);
  context.stroke();
  context.setLineDash([]);
  if (budgetY === null || Math.abs(budgetY - y) > 13 * dpr()) label(plot, limit.label, y, colors, false);
}

/** The budget line: the boldest thing in the chart, with the disc of a load mark at its left. */
function drawBudget(plot: uPlot, budget: ChartLine, colors: ChartColors): void {
  const { ctx: context, bbox } = plot;
  const y = plot.valToPos(budget.value, "y", true);
  const ink = colors.token("--budget");
  const discX = bbox.left - 28 * dpr();
  const radius = 7 * dpr();
  context.lineWidth = colors.budgetWidth * dpr();
  context.strokeStyle = ink;
  context.beginPath();
  context.arc(discX, y, radius, 0, 2 * Math.PI);
  context.fillStyle = colors.token("--surface");
  context.fill();
  context.lineWidth = 2.5 * dpr();
  context.stroke();
  context.lineWidth = colors.budgetWidth * dpr();
  context.beginPath();
  context.moveTo(discX - radius - 5 * dpr(), y);
  context.lineTo(bbox.left + bbox.width + 2 * dpr(), y);
  context.stroke();
  label(plot, budget.label, y, colors, true);
}

function drawMarker(plot: uPlot, marker: ChartMarker, colors: ChartColors): void {
  const { ctx: context, bbox } = plot;
  const x = plot.valToPos(marker.x, "x", true);
  if (x < bbox.left || x > bbox.left + bbox.width) return;
  context.beginPath();
  context.strokeStyle = colors.token(marker.tone === "over" ? "--over" : "--tight");
  context.lineWidth = 1.5 * dpr();
  context.setLineDash([2 * dpr(), 3 * dpr()]);
  context.moveTo(x, bbox.top);
  context.lineTo(x, bbox.top + bbox.height);
  context.stroke();
  context.setLineDash([]);
}

function drawNow(plot: uPlot, nowX: number, colors: ChartColors): void {
  const { ctx: context, bbox } = plot;
  const x = plot.valToPos(nowX, "x", true);
  if (x < bbox.left || x > bbox.left + bbox.width + 1) return;
  context.beginPath();
  context.strokeStyle = colors.token("--accent");
  context.lineWidth = 1.5 * dpr();
  context.moveTo(x, bbox.top);
  context.lineTo(x, bbox.top + bbox.height);
  context.stroke();
}

/** A small mark above the highest point and its name beside it, on whichever side has room. */
function drawPeak(plot: uPlot, peak: { x: number; y: number; label: string }, colors: ChartColors): void {
  const { ctx: context, bbox } = plot;
  const x = plot.valToPos(peak.x, "x", true);
  const y = plot.valToPos(peak.y, "y", true) - 4 * dpr();
  if (x < bbox.left || x > bbox.left + bbox.width) return;
  context.fillStyle = colors.token("--text");
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(x - 4 * dpr(), y - 6 * dpr());
  context.lineTo(x + 4 * dpr(), y - 6 * dpr());
  context.fill();
  context.font = `600 ${11 * dpr()}px ${colors.font}`;
  context.textBaseline = "bottom";
  const width = context.measureText(peak.label).width;
  const left = x + 10 * dpr() + width > bbox.left + bbox.width;
  context.textAlign = left ? "right" : "left";
  context.lineWidth = 3 * dpr();
  context.strokeStyle = colors.token("--surface");
  const textX = x + (left ? -8 : 8) * dpr();
  context.strokeText(peak.label, textX, y + 2 * dpr());
  context.fillText(peak.label, textX, y + 2 * dpr());
}

/** The names of stacked areas inside them, near their right end, where the area is high enough for a line of text. */
export function drawAreaNames(plot: uPlot, names: readonly string[], colors: ChartColors): void {
  const { ctx: context, bbox, data } = plot;
  const last = data[0].length - 1;
  const x = plot.valToPos(data[0][last] ?? 0, "x", true) - 8 * dpr();
  if (x - bbox.left < 120 * dpr()) return;
  context.save();
  context.font = `400 ${11 * dpr()}px ${colors.font}`;
  context.fillStyle = colors.token("--text");
  context.textAlign = "right";
  context.textBaseline = "middle";
  names.forEach((name, index) => {
    const top = data[index + 1]?.[last] ?? null;
    const below = data[index + 2]?.[last] ?? 0;
    if (top === null) return;
    const topY = plot.valToPos(top, "y", true);
    const belowY = plot.valToPos(below, "y", true);
    if (belowY - topY > 15 * dpr()) context.fillText(name, x, (topY + belowY) / 2);
  });
  context.restore();
}

/** Everything above the series, in the order in which it may cover what is below. */
export function drawFrame(plot: uPlot, frame: ChartFrame, colors: ChartColors): void {
  plot.ctx.save();
  const budgetY = frame.budget === null ? null : plot.valToPos(frame.budget.value, "y", true);
  for (const marker of frame.markers) drawMarker(plot, marker, colors);
  for (const limit of frame.limits) drawLimit(plot, limit, budgetY, colors);
  if (frame.peak !== null) drawPeak(plot, frame.peak, colors);
  if (frame.nowX !== null) drawNow(plot, frame.nowX, colors);
  if (frame.budget !== null) drawBudget(plot, frame.budget, colors);
  plot.ctx.restore();
}
