import { useMemo } from "react";
import { mibText } from "../../shared/format/bytes.ts";
import { coreCountText } from "../../shared/format/cores.ts";
import { Chart } from "../ui/chart.tsx";
import { type ChartSource, cpuSpec, memorySpec } from "./chart-specs.ts";

interface RunChartsProps {
  source: ChartSource;
  heights: { memory: number; cpu: number };
}

/** Memory of the services on one another and CPU of the stack, both under the budget line, on one clock. */
export function RunCharts({ source, heights }: RunChartsProps) {
  const { columns, target } = source;
  const memory = useMemo(() => memorySpec(source), [source]);
  const cpu = useMemo(() => cpuSpec(source), [source]);
  const last = columns.stack.memoryBytes[columns.length - 1] ?? Number.NaN;
  const nowText = Number.isNaN(last) ? "not measured yet" : `${mibText(last)} MiB`;
  const budgetText = target.memoryBytes === null ? "unknown size" : `${mibText(target.memoryBytes)} MiB`;
  return (
    <>
      <p className="axis-name">Memory that counts, MiB</p>
      <Chart
        spec={memory}
        height={heights.memory}
        cursor={false}
        summary={`Memory of ${columns.services.length} services under a budget of ${budgetText}; last ${nowText}.`}
      />
      <p className="axis-name">
        {target.deviceCoresPerHostCore === null ? "CPU, cores of this machine" : "CPU, device cores"}
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
        cursor={false}
        summary={`CPU of the stack and of its busiest thread${target.cpuCores === null ? "" : ` under ${coreCountText(target.cpuCores)} device cores`}.`}
      />
    </>
  );
}
