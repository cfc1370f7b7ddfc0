import type { Change, ComparedFigure, ComparedTarget } from "../../shared/domain/index.ts";
import {
  chanceText,
  changeWord,
  figureText,
  figureWord,
  relativeText,
  shiftText,
} from "../../shared/format/comparison.ts";
import { Pill, type PillTone } from "../ui/pill.tsx";

const tones: Record<Change, PillTone> = {
  worse: "over",
  better: "fits",
  "not-shown": "plain",
  "not-comparable": "unknown",
};

/** A difference of this share of A fills its half of the bar. */
const fullShare = 0.5;

/** The difference as a bar from the middle: to the right is more. Dashed where nothing is shown by it. */
function DifferenceBar({ figure }: { figure: ComparedFigure }) {
  const relative = figure.difference?.relative ?? null;
  if (relative === null) return <span className="diff-bar" aria-hidden={true} />;
  const width = Math.min(1, Math.abs(relative) / fullShare) * 50;
  const proven = figure.change === "worse" || figure.change === "better";
  return (
    <span className="diff-bar" aria-hidden={true}>
      <i
        className={`${figure.change} ${proven ? "" : "open"}`}
        style={{ width: `${width}%`, left: relative < 0 ? `${50 - width}%` : "50%" }}
      />
    </span>
  );
}

function bounds({ figure, difference }: ComparedFigure): string {
  if (difference === null || difference.low === null || difference.high === null) return "";
  if (difference.low === difference.high) return "";
  return `${shiftText(figure, difference.low)} to ${shiftText(figure, difference.high)}`;
}

function FigureRow({ one, first, name, span }: { one: ComparedFigure; first: boolean; name: string; span: number }) {
  const { figure, a, b, difference, pValue, change, reason } = one;
  return (
    <tr className={first ? "first-figure" : ""}>
      {first ? (
        <th scope="rowgroup" rowSpan={span}>
          {name}
        </th>
      ) : null}
      <td className="figure-name">{figureWord(figure)}</td>
      <td className="num">{figureText(figure, a.median)}</td>
      <td className="num">{figureText(figure, b.median)}</td>
      <td>
        <DifferenceBar figure={one} />
      </td>
      <td className="num nowrap">
        {shiftText(figure, difference?.value ?? null)}
        <span className="relative muted small">{relativeText(difference?.relative ?? null)}</span>
        <span className="bounds muted small">{bounds(one)}</span>
      </td>
      <td className="answer-cell">
        <Pill tone={tones[change]} text={changeWord(change)} title={reason} />
        <span className="chance muted small">{pValue === null ? reason : chanceText(pValue)}</span>
      </td>
    </tr>
  );
}

/** Every figure of the stack and of each service, with what can be said of its difference. */
export function CompareTable({ target }: { target: ComparedTarget }) {
  const parts = [{ name: "Stack", onlyIn: null, figures: target.stack }, ...target.services];
  return (
    <section className="panel scroll-x" aria-label={`Figures on ${target.name}`}>
      <table className="table compare-table">
        <thead>
          <tr>
            <th>Service</th>
            <th>Figure</th>
            <th className="num">A</th>
            <th className="num">B</th>
            <th className="bar-head">less | more</th>
            <th className="num">Difference</th>
            <th>Answer</th>
          </tr>
        </thead>
        {parts.map(({ name, onlyIn, figures }) => (
          <tbody key={name}>
            {figures.map((one, index) => (
              <FigureRow
                key={one.figure}
                one={one}
                first={index === 0}
                name={onlyIn === null ? name : `${name} (only in ${onlyIn.toUpperCase()})`}
                span={figures.length}
              />
            ))}
          </tbody>
        ))}
      </table>
    </section>
  );
}
