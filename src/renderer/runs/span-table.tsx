import { memo } from "react";
import type { RunTarget, SpanFigure, SpanFigures } from "../../shared/domain/index.ts";
import { mibText } from "../../shared/format/bytes.ts";
import { clockText } from "../../shared/format/time.ts";
import { fineClockText } from "./chart-specs.ts";
import { SeriesName } from "./series-name.tsx";

function Cells({ figure, factor, isFine }: { figure: SpanFigure | undefined; factor: number; isFine: boolean }) {
  return (
    <>
      <td>{figure?.peakBytes == null ? "–" : mibText(figure.peakBytes)}</td>
      <td className="muted">
        {figure?.peakAtMs == null ? "–" : isFine ? fineClockText(figure.peakAtMs, 0) : clockText(figure.peakAtMs)}
      </td>
      <td>{figure?.p95HostCores == null ? "–" : (figure.p95HostCores * factor).toFixed(2)}</td>
    </>
  );
}

interface SpanTableProps {
  services: readonly string[];
  figures: SpanFigures | null;
  target: RunTarget;
  /** True: moments with tenths of a second. */
  isFine: boolean;
}

/** Peak of memory and p95 of CPU of each service in the span. */
function SpanTableView({ services, figures, target, isFine }: SpanTableProps) {
  const factor = target.deviceCoresPerHostCore ?? 1;
  return (
    <div className="span-table">
      <table className="service-table" aria-label="Figures of the span">
        <thead>
          <tr>
            <th>Service</th>
            <th>peak MiB</th>
            <th>at</th>
            <th title={target.deviceCoresPerHostCore === null ? "cores of this machine" : "device cores"}>CPU p95</th>
          </tr>
        </thead>
        <tbody>
          {services
            .map((name, index) => ({ name, index }))
            .reverse()
            .map(({ name, index }) => (
              <tr key={name}>
                <td>
                  <SeriesName name={name} index={index} />
                </td>
                <Cells figure={figures?.services[index]} factor={factor} isFine={isFine} />
              </tr>
            ))}
          <tr className="whole">
            <td>Stack</td>
            <Cells figure={figures?.stack} factor={factor} isFine={isFine} />
          </tr>
        </tbody>
      </table>
    </div>
  );
}

/** Drawn again only when something of its own has changed: the charts beside it change with every frame. */
export const SpanTable = memo(SpanTableView);
