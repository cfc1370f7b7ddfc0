import { peakIndex, type RunColumns, type RunEvent, type RunTarget } from "../../shared/domain/index.ts";
import { mibText } from "../../shared/format/bytes.ts";
import { coreCountText } from "../../shared/format/cores.ts";
import { shownServices } from "../../shared/format/shown-services.ts";
import { clockText } from "../../shared/format/time.ts";
import type { ChartMarker, ChartSpec } from "../ui/chart-spec.ts";
import { pickSamples } from "./pick-samples.ts";
import type { Span } from "./time-window.ts";

const mib = 1024 ** 2;
const steps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600];

/** What the charts of a run are drawn from. */
export interface ChartSource {
  columns: RunColumns;
  target: RunTarget;
  events: readonly RunEvent[];
  /** The part of the clock in view, and how many pixels wide it is. */
  window: Span;
  pixels: number;
  fitsShare: number;
  /** The moment that is now, in a run that goes on. */
  nowMs: number | null;
}

/** A moment of the clock with as much of a second as the span calls for. */
export function fineClockText(atMs: number, spanMs: number): string {
  if (spanMs > 20_000) return clockText(atMs);
  return `${clockText(atMs)}.${String(Math.floor((Math.abs(atMs) % 1_000) / 100))}`;
}

function orNull(value: number | undefined, factor: number): number | null {
  return value === undefined || Number.isNaN(value) ? null : value * factor;
}

function at(picked: readonly number[], values: Float64Array, factor = 1): (number | null)[] {
  return picked.map((index) => orNull(values[index], factor));
}

function base({ columns, events, window, fitsShare, nowMs }: ChartSource, picked: readonly number[]) {
  return {
    x: picked.map((index) => (columns.atMs[index] ?? 0) / 1_000),
    xRange: [window.fromMs / 1_000, window.toMs / 1_000] as const,
    xText: (seconds: number) =>
      window.toMs - window.fromMs > 4_000 ? clockText(seconds * 1_000) : fineClockText(seconds * 1_000 + 1, 0),
    xSteps: steps,
    markers: markersOf(events),
    nowX: nowMs === null ? null : nowMs / 1_000,
    fitsShare,
    peak: null,
  };
}

function markersOf(events: readonly RunEvent[]): ChartMarker[] {
  return events
    .filter((event) => ["oom-kill", "restarted", "unhealthy", "exited"].includes(event.kind))
    .map((event) => ({ x: event.atMs / 1_000, tone: event.kind === "oom-kill" ? "over" : "tight", label: event.text }));
}

/** Memory of some services together at one reading; null where none of them was measured. */
function sumAt(columns: RunColumns, members: readonly number[], index: number): number | null {
  let sum: number | null = null;
  for (const member of members) {
    const bytes = columns.byService[member]?.memoryBytes[index] ?? Number.NaN;
    if (!Number.isNaN(bytes)) sum = (sum ?? 0) + bytes / mib;
  }
  return sum;
}

function peakMark({ columns }: ChartSource, picked: readonly number[]): ChartSpec["peak"] {
  const first = picked[0];
  if (first === undefined) return null;
  const peak = peakIndex(columns.stack.memoryBytes, first, (picked.at(-1) ?? first) + 1);
  if (peak === null) return null;
  const bytes = columns.stack.memoryBytes[peak] ?? 0;
  const atMs = columns.atMs[peak] ?? 0;
  return { x: atMs / 1_000, y: bytes / mib, label: `peak ${mibText(bytes)} at ${clockText(atMs)}` };
}

/** Memory of the services on one another, in MiB, under the budget line. */
export function memorySpec(source: ChartSource): ChartSpec {
  const { columns, target } = source;
  const picked = pickSamples(columns, source.window, source.pixels, [columns.stack.memoryBytes]);
  return {
    ...base(source, picked),
    peak: peakMark(source, picked),
    stacked: true,
    series: shownServices(columns.services).map(({ name, members }, index) => {
      const places = members.map((member) => columns.services.indexOf(member));
      return {
        name,
        values: picked.map((reading) => sumAt(columns, places, reading)),
        token: index < 6 ? `--chart-${index + 1}` : "--chart-rest",
        area: true,
      };
    }),
    yText: (value) => mibText(value * mib),
    budget:
      target.memoryBytes === null
        ? null
        : { value: target.memoryBytes / mib, label: `${mibText(target.memoryBytes)} MiB` },
    limits: [],
  };
}

/** CPU of the stack and of its busiest thread in cores of the device, or of this machine where the speed is unknown. */
export function cpuSpec(source: ChartSource): ChartSpec {
  const { columns, target } = source;
  const factor = target.deviceCoresPerHostCore;
  const picked = pickSamples(columns, source.window, source.pixels, [columns.stack.hostCores, columns.threadHostCores]);
  return {
    ...base(source, picked),
    stacked: false,
    series: [
      {
        name: "stack",
        values: at(picked, columns.stack.hostCores, factor ?? 1),
        token: "--chart-rest",
        area: true,
      },
      { name: "thread", values: at(picked, columns.threadHostCores, factor ?? 1), token: "--chart-6", area: false },
    ],
    yText: (value) => String(Number(value.toFixed(2))),
    budget:
      target.cpuCores === null || factor === null
        ? null
        : { value: target.cpuCores, label: `${coreCountText(target.cpuCores)} cores` },
    limits: factor === null || (target.cpuCores ?? 0) <= 1 ? [] : [{ value: 1, label: "one core" }],
  };
}
