import { useMemo, useState } from "react";
import type { AxisName, FitCell, RunId } from "../../shared/domain/index.ts";
import { answerWord } from "../../shared/format/words.ts";
import { client } from "../app/client.ts";
import { useAnswer } from "../app/use-answer.ts";
import { answerTone, type Tone } from "../format/answer.ts";
import { shortBoardName } from "../format/board.ts";
import { FailureNote } from "../ui/failure-note.tsx";
import { FilterField } from "../ui/field.tsx";
import { Icon } from "../ui/icon.tsx";
import { toneIcons } from "../ui/pill.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { fitCount, fitRows } from "./fit-rows.ts";
import "./fit-matrix.css";

function Cell({ tone, projected, text, title }: { tone: Tone; projected: boolean; text: string; title: string }) {
  return (
    <span className={`fit-cell ${tone} ${projected ? "projected" : ""}`} title={title}>
      <Icon of={toneIcons[tone]} size={14} />
      {text}
    </span>
  );
}

function AxisCell({ cell, axis: name }: { cell: FitCell; axis: AxisName }) {
  const axis = cell.axes[name];
  if (axis === undefined) return <span className="muted">not judged</span>;
  const share = axis.value === null || axis.limit === null ? null : axis.value / axis.limit;
  const text = share === null ? (axis.limit === null ? "no figure" : "not seen") : `${Math.round(share * 100)} %`;
  return <Cell tone={answerTone(axis.verdict)} projected={cell.projected} text={text} title={axis.reason} />;
}

function Rows({ cells }: { cells: readonly FitCell[] }) {
  if (cells.length === 0) return <p className="fit-none muted">No board of that name is in the catalogue.</p>;
  return (
    <table className="table">
      <colgroup>
        <col />
        <col className="fit-share" />
        <col className="fit-share" />
        <col className="fit-whole" />
      </colgroup>
      <thead>
        <tr>
          <th>Board</th>
          <th>Memory</th>
          <th>CPU</th>
          <th>Whole</th>
        </tr>
      </thead>
      <tbody>
        {cells.map((cell) => (
          <tr key={`${cell.device.kind} ${cell.device.label} ${cell.projected}`}>
            <th scope="row" className="clip" title={[cell.device.name, ...cell.notes].join("\n")}>
              {shortBoardName(cell.device.name)}
            </th>
            <td>
              <AxisCell cell={cell} axis="memory" />
            </td>
            <td>
              <AxisCell cell={cell} axis="cpu" />
            </td>
            <td>
              <Cell
                tone={answerTone(cell.verdict)}
                projected={cell.projected}
                text={answerWord(cell.verdict)}
                title={cell.headline}
              />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What this one run says about every board: measured cells are filled, projected ones dashed. */
export function FitMatrix({ runId }: { runId: RunId }) {
  const { value, failure } = useAnswer(runId, (signal) => client.runs.fit({ runId, targets: [] }, { signal }));
  const [filter, setFilter] = useState("");
  const rows = useMemo(() => fitRows(value?.cells ?? [], filter), [value, filter]);
  return (
    <section className="panel fit-matrix" aria-label="Fit matrix">
      <header>
        <h2>Fit matrix</h2>
        <span className="muted small">{value === null ? "" : fitCount(value.cells)}</span>
        <span className="fit-legend" aria-hidden={true}>
          <span className="fit-cell fits">measured</span>
          <span className="fit-cell fits projected">projected</span>
        </span>
      </header>
      {failure === null ? (
        <>
          <div className="fit-filter">
            <FilterField label="Find a board" value={filter} onChange={setFilter} />
          </div>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the list scrolls, and the arrow keys must reach it. */}
          <section className="fit-rows" aria-label="Boards" tabIndex={0}>
            {value === null ? <Skeleton width="100%" height={256} /> : <Rows cells={rows} />}
          </section>
        </>
      ) : (
        <FailureNote failure={failure} />
      )}
    </section>
  );
}
