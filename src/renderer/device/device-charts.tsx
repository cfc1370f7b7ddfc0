import { useMemo, useState } from "react";
import { memoryUse, mibText } from "../../shared/format/bytes.ts";
import { coreCountText, coresText } from "../../shared/format/cores.ts";
import { timeOfDay } from "../../shared/format/time.ts";
import type { DeviceHistory } from "../app/sample-history.ts";
import { useHistory } from "../app/samples-store.ts";
import { Chart } from "../ui/chart.tsx";
import type { ChartSpec } from "../ui/chart-spec.ts";
import { DataTable } from "../ui/data-table.tsx";
import { Seg } from "../ui/seg.tsx";
import { Skeleton } from "../ui/skeleton.tsx";

const chartHeight = 140;
type Span = "2" | "5" | "15";

const spans: { value: Span; label: string }[] = [
  { value: "2", label: "2 min" },
  { value: "5", label: "5 min" },
  { value: "15", label: "15 min" },
];

const timeSteps = [15, 30, 60, 120, 300, 600, 900];

function baseSpec(history: DeviceHistory, minutes: number) {
  const toS = (history.atMs.at(-1) ?? 0) / 1000;
  return {
    x: history.atMs.map((atMs) => atMs / 1000),
    xRange: [toS - minutes * 60, toS] as const,
    xText: (seconds: number) => timeOfDay(seconds * 1000, minutes <= 2 ? "seconds" : "minutes"),
    xSteps: minutes <= 2 ? timeSteps : timeSteps.slice(2),
    stacked: false,
    budget: null,
    markers: [],
    fitsShare: null,
    nowX: null,
    peak: null,
  };
}

function Charts({ history, span, onSpan }: { history: DeviceHistory; span: Span; onSpan: (span: Span) => void }) {
  const minutes = Number(span);
  const [cursor, setCursor] = useState<number | null>(null);
  const memorySpec = useMemo<ChartSpec>(
    () => ({
      ...baseSpec(history, minutes),
      series: [
        {
          name: "memory",
          values: history.memoryUsedBytes.map((bytes) => bytes / 1024 ** 2),
          token: "--chart-1",
          area: true,
        },
      ],
      yText: (mib) => mib.toLocaleString("en-US"),
      limits: [
        {
          value: history.latest.memoryTotalBytes / 1024 ** 2,
          label: `${mibText(history.latest.memoryTotalBytes)} RAM`,
        },
      ],
    }),
    [history, minutes],
  );
  const cpuSpec = useMemo<ChartSpec>(
    () => ({
      ...baseSpec(history, minutes),
      series: [{ name: "cpu", values: history.cpuCoresUsed, token: "--chart-1", area: true }],
      yText: (cores) => String(cores),
      limits: [
        {
          value: history.latest.cpuCores,
          label: `${coreCountText(history.latest.cpuCores)} ${history.latest.cpuCores === 1 ? "core" : "cores"}`,
        },
      ],
    }),
    [history, minutes],
  );
  const index = cursor ?? history.atMs.length - 1;
  const memoryBytes = history.memoryUsedBytes[index] ?? history.latest.memoryUsedBytes;
  const memory = memoryUse(memoryBytes, history.latest.memoryTotalBytes);
  const cpu = history.cpuCoresUsed[index] ?? null;
  const when = cursor === null ? "now" : timeOfDay(history.atMs[index] ?? 0);
  const cpuText = cpu === null ? "not measured" : `${coresText(cpu, 2)} of ${coreCountText(history.latest.cpuCores)}`;
  return (
    <>
      <section className="panel figure">
        <header>
          <h2>Memory in use, MiB</h2>
          <span>
            {when} <b>{memory.used}</b> of {memory.total} {memory.unit}
          </span>
        </header>
        <Chart
          spec={memorySpec}
          height={chartHeight}
          syncKey="device"
          onCursor={setCursor}
          summary={`Memory of the last ${minutes} minutes, now ${memory.used} of ${memory.total} ${memory.unit}.`}
        />
        <DataTable caption="Figures" columns={["Time", "MiB", "Cores"]} rows={tableRows(history)} />
      </section>
      <section className="panel figure">
        <header>
          <h2>CPU, cores</h2>
          <Seg label="Time span" value={span} onChange={onSpan} options={spans} />
          <span>
            {when} <b>{cpuText}</b>
          </span>
        </header>
        <Chart
          spec={cpuSpec}
          height={chartHeight}
          syncKey="device"
          onCursor={setCursor}
          summary={`CPU of the last ${minutes} minutes, now ${cpuText} cores.`}
        />
      </section>
    </>
  );
}

function tableRows(history: DeviceHistory): string[][] {
  const rows: string[][] = [];
  for (let index = history.atMs.length - 1; index >= 0 && rows.length < 30; index -= 10) {
    const cpu = history.cpuCoresUsed[index] ?? null;
    rows.push([
      timeOfDay(history.atMs[index] ?? 0),
      mibText(history.memoryUsedBytes[index] ?? 0),
      cpu === null ? "not measured" : coresText(cpu, 2),
    ]);
  }
  return rows;
}

/** Memory and CPU of a device over the last minutes, each under its limit, live once a second. */
export function DeviceCharts({ deviceId }: { deviceId: string }) {
  const history = useHistory(deviceId);
  const [span, setSpan] = useState<Span>("5");
  return (
    <div className="charts">
      {history === undefined ? (
        ["Memory in use, MiB", "CPU, cores"].map((title) => (
          <section key={title} className="panel figure">
            <header>
              <h2>{title}</h2>
            </header>
            <div className="chart-wait">
              <Skeleton width="100%" height={chartHeight - 14} />
            </div>
          </section>
        ))
      ) : (
        <Charts history={history} span={span} onSpan={setSpan} />
      )}
    </div>
  );
}
