import { memo, useMemo } from "react";
import { indexAt, peakIndex, type RunColumns, type RunTarget, type Stack } from "../../shared/domain/index.ts";
import { mibText } from "../../shared/format/bytes.ts";
import { clockText } from "../../shared/format/time.ts";
import { useRunView } from "./run-view.ts";
import { SeriesName } from "./series-name.tsx";

interface RunFiguresProps {
  columns: RunColumns;
  stack: Stack | null;
  target: RunTarget;
  live: boolean;
}

/** Where the cursor is among the readings, or the last one. */
function placeOf(columns: RunColumns, cursorMs: number | null): number {
  const last = columns.length - 1;
  return cursorMs === null ? last : Math.min(last, indexAt(columns, cursorMs));
}

function text(bytes: number | undefined): string {
  return bytes === undefined || Number.isNaN(bytes) ? "–" : mibText(bytes);
}

/** The highest value and when it was reached; null when nothing was measured. */
export function peakOf(columns: RunColumns, values: Float64Array): { value: number; atMs: number } | null {
  const at = peakIndex(values, 0, columns.length);
  return at === null ? null : { value: values[at] ?? 0, atMs: columns.atMs[at] ?? 0 };
}

/** Memory of each service now (or under the cursor), at its peak, and its own limit, in the order of the areas. */
function RunFiguresView({ columns, stack, target, live }: RunFiguresProps) {
  const cursorMs = useRunView((view) => view.cursorMs);
  const at = placeOf(columns, cursorMs);
  const peaks = useMemo(
    () => [columns.stack, ...columns.byService].map((pair) => peakOf(columns, pair.memoryBytes)?.value),
    [columns],
  );
  const limitOf = (name: string) => stack?.services.find((service) => service.name === name)?.limits.memoryBytes;
  return (
    <table className="service-table">
      <thead>
        <tr>
          <th>Memory, MiB</th>
          <th>{cursorMs === null ? (live ? "now" : "end") : clockText(columns.atMs[at] ?? 0)}</th>
          <th>peak</th>
          <th>limit</th>
        </tr>
      </thead>
      <tbody>
        {columns.services
          .map((name, index) => ({ name, index }))
          .reverse()
          .map(({ name, index }) => {
            const values = columns.byService[index]?.memoryBytes;
            const limit = limitOf(name) ?? null;
            return (
              <tr key={name}>
                <td>
                  <SeriesName name={name} index={index} />
                </td>
                <td>{text(values?.[at])}</td>
                <td>{text(peaks[index + 1])}</td>
                <td className="muted">{limit === null ? "none" : text(limit)}</td>
              </tr>
            );
          })}
        <tr className="whole">
          <td>Stack</td>
          <td>{text(columns.stack.memoryBytes[at])}</td>
          <td>{text(peaks[0])}</td>
          <td>{target.memoryBytes === null ? "none" : text(target.memoryBytes)}</td>
        </tr>
      </tbody>
    </table>
  );
}

/** Drawn again only when something of its own has changed: the charts beside it change with every frame. */
export const RunFigures = memo(RunFiguresView);
