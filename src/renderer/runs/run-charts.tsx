import { useMemo } from "react";
import type { RunEvent, RunSample, RunTarget } from "../../shared/domain/index.ts";
import { mibText } from "../../shared/format/bytes.ts";
import { coreCountText } from "../../shared/format/cores.ts";
import { shownServices } from "../../shared/format/shown-services.ts";
import { clockText } from "../../shared/format/time.ts";
import { Chart } from "../ui/chart.tsx";
import type { ChartMarker, ChartSpec } from "../ui/chart-spec.ts";
import { DataTable } from "../ui/data-table.tsx";
import { busiestThread, cpuOverWindows, memoryOf, peakOf } from "./run-series.ts";

const mib = 1024 ** 2;
const steps = [5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600];

export interface RunChartsProps {
  samples: readonly RunSample[];
  events: readonly RunEvent[];
  services: readonly string[];
  target: RunTarget;
  /** The run's clock, in ms. */
  untilMs: number;
  live: boolean;
  fitsShare: number;
  onCursor: (sample: RunSample | null) => void;
  heights: { memory: number; cpu: number };
}

function markersOf(events: readonly RunEvent[]): ChartMarker[] {
  return events
    .filter((event) => ["oom-kill", "restarted", "unhealthy", "exited"].includes(event.kind))
    .map((event) => ({ x: event.atMs / 1000, tone: event.kind === "oom-kill" ? "over" : "tight", label: event.text }));
}

function peakMark(samples: readonly RunSample[]): ChartSpec["peak"] {
  const peak = peakOf(samples, (sample) => sample.memoryBytes);
  if (peak === null) return null;
  return { x: peak.atMs / 1000, y: peak.value / mib, label: `peak ${mibText(peak.value)} at ${clockText(peak.atMs)}` };
}

function tokenOf(index: number): string {
  return index < 6 ? `--chart-${index + 1}` : "--chart-rest";
}

/** Memory of the services on one another and CPU of the stack, both under the budget line, on one clock. */
export function RunCharts(props: RunChartsProps) {
  const { samples, events, services, target, untilMs, live, fitsShare, onCursor, heights } = props;
  const factor = target.deviceCoresPerHostCore;
  const base = useMemo(
    () => ({
      x: samples.map((sample) => sample.atMs / 1000),
      xRange: [0, Math.max(untilMs, 1_000) / 1000] as const,
      xText: (seconds: number) => clockText(seconds * 1000),
      xSteps: steps,
      markers: markersOf(events),
      nowX: live ? (samples.at(-1)?.atMs ?? 0) / 1000 : null,
      fitsShare,
      peak: null,
    }),
    [samples, events, untilMs, live, fitsShare],
  );
  const memory = useMemo<ChartSpec>(
    () => ({
      ...base,
      peak: peakMark(samples),
      stacked: true,
      series: shownServices(services).map((shown, index) => ({
        name: shown.name,
        values: memoryOf(samples, shown.members).map((bytes) => (bytes === null ? null : bytes / mib)),
        token: tokenOf(index),
        area: true,
      })),
      yText: (value) => value.toLocaleString("en-US"),
      budget:
        target.memoryBytes === null
          ? null
          : { value: target.memoryBytes / mib, label: `${mibText(target.memoryBytes)} MiB` },
      limits: [],
    }),
    [base, samples, services, target],
  );
  const cpu = useMemo<ChartSpec>(
    () => ({
      ...base,
      stacked: false,
      series: [
        {
          name: "stack",
          values: cpuOverWindows(samples, (sample) => sample.cpuSeconds, factor ?? 1),
          token: "--chart-rest",
          area: true,
        },
        { name: "thread", values: busiestThread(samples, factor ?? 1), token: "--chart-6", area: false },
      ],
      yText: (value) => String(Number(value.toFixed(2))),
      budget:
        target.cpuCores === null || factor === null
          ? null
          : { value: target.cpuCores, label: `${coreCountText(target.cpuCores)} cores` },
      limits: factor === null || (target.cpuCores ?? 0) <= 1 ? [] : [{ value: 1, label: "one core" }],
    }),
    [base, samples, target, factor],
  );
  const last = samples.at(-1);
  const nowText = last?.memoryBytes == null ? "not measured yet" : `${mibText(last.memoryBytes)} MiB`;
  const cursorAt = (index: number | null) => onCursor(index === null ? null : (samples[index] ?? null));
  const every = Math.max(1, Math.ceil(samples.length / 40));
  return (
    <>
      <p className="axis-name">Memory that counts, MiB</p>
      <Chart
        spec={memory}
        height={heights.memory}
        syncKey="run"
        onCursor={cursorAt}
        summary={`Memory of ${services.length} services under a budget of ${target.memoryBytes === null ? "unknown size" : `${mibText(target.memoryBytes)} MiB`}; last ${nowText}.`}
      />
      <p className="axis-name">
        {factor === null ? "CPU, cores of this machine" : "CPU, device cores"}
        <span className="legend">
          <i className="line-rest" />
          stack
          <i className="line-thread" />
          busiest thread
        </span>
      </p>
      <Chart
        spec={cpu}
        height={heights.cpu}
        syncKey="run"
        onCursor={cursorAt}
        summary={`CPU of the stack and of its busiest thread${target.cpuCores === null ? "" : ` under ${coreCountText(target.cpuCores)} device cores`}.`}
      />
      <DataTable
        caption="Figures"
        columns={["Time", "Stack MiB", ...services]}
        rows={samples
          .filter((_sample, index) => index % every === 0)
          .map((sample) => [
            clockText(sample.atMs),
            sample.memoryBytes === null ? "not measured" : mibText(sample.memoryBytes),
            ...services.map((name) => {
              const bytes = sample.services[name]?.memoryBytes ?? null;
              return bytes === null ? "not measured" : mibText(bytes);
            }),
          ])}
      />
    </>
  );
}
