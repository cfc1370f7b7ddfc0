import { ArrowLeftRight, CircleCheck, CircleQuestionMark, Equal, OctagonX } from "lucide-react";
import { useLocation } from "wouter";
import type { Change, ComparedSide, ComparedTarget, Comparison, SideRequest } from "../../shared/domain/index.ts";
import { changeSentences, changeWord, comparisonHeadline, figureWord } from "../../shared/format/comparison.ts";
import { momentText } from "../../shared/format/time.ts";
import { countText } from "../../shared/format/words.ts";
import { client } from "../app/client.ts";
import { paths } from "../app/paths.ts";
import { TopBar } from "../app/top-bar.tsx";
import { useAnswer } from "../app/use-answer.ts";
import { useNow } from "../app/use-now.ts";
import { Button } from "../ui/button.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import type { LucideIcon } from "../ui/icon.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { CompareTable } from "./compare-table.tsx";
import "./runs.css";
import "./history.css";
import "./compare.css";

const looks: Record<Change, { icon: LucideIcon; tone: string }> = {
  worse: { icon: OctagonX, tone: "over" },
  better: { icon: CircleCheck, tone: "fits" },
  "not-shown": { icon: Equal, tone: "plain" },
  "not-comparable": { icon: CircleQuestionMark, tone: "unknown" },
};

/** `@NAME` is a baseline, anything else ids with commas between them. */
function sideOf(text: string): SideRequest {
  return text.startsWith("@") ? { baseline: text.slice(1) } : { names: text.split(",") };
}

function SideFacts({ letter, side, now }: { letter: string; side: ComparedSide; now: number }) {
  return (
    <p className="side-facts">
      <b className="side-mark">{letter}</b>
      <b>{side.stackName}</b>
      <span className="soft">
        {countText(side.runIds.length, "run")}, {momentText(side.startedAtMs, now)}
      </span>
      <span className="muted small clip" title={side.runIds.join("\n")}>
        {side.name}
      </span>
    </p>
  );
}

function Differences({ target }: { target: ComparedTarget }) {
  if (target.differences.length === 0) return null;
  return (
    <section className="panel" aria-label={`Not the same on ${target.name}`}>
      <header>
        <h2>Not the same on both sides</h2>
      </header>
      <table className="table conditions">
        <thead>
          <tr>
            <th>What</th>
            <th>A</th>
            <th>B</th>
            <th>Not comparable for it</th>
          </tr>
        </thead>
        <tbody>
          {target.differences.map(({ what, a, b, affects }) => (
            <tr key={what}>
              <th scope="row">{what}</th>
              <td className="soft">{a}</td>
              <td className="soft">{b}</td>
              <td className="soft">{affects.length === 0 ? "nothing" : affects.map(figureWord).join(", ")}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Answer({ comparison, onSwap }: { comparison: Comparison; onSwap: () => void }) {
  const now = useNow(60_000);
  const { icon: Shape, tone } = looks[comparison.change];
  const sentences = [...changeSentences(comparison, "worse"), ...changeSentences(comparison, "better")];
  return (
    <section className="compare-answer" aria-label="Answer">
      <div className="answer">
        <Shape size={56} strokeWidth={1.6} className={`c-${tone}`} aria-hidden={true} />
        <h1 className={`c-${tone}`}>{changeWord(comparison.change)}</h1>
        <p className="headline">{comparisonHeadline(comparison)}</p>
        <div className="answer-acts">
          <Button icon={ArrowLeftRight} onClick={onSwap}>
            Swap sides
          </Button>
        </div>
      </div>
      <SideFacts letter="A" side={comparison.a} now={now} />
      <SideFacts letter="B" side={comparison.b} now={now} />
      {sentences.length === 0 ? null : (
        <ul className="changes">
          {sentences.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** Two sides of runs, figure by figure: the answer first, then what was not the same, then the figures. */
export function ComparePage({ a, b }: { a: string; b: string }) {
  const [, navigate] = useLocation();
  const { value, failure } = useAnswer(`${a} ${b}`, (signal) =>
    client.runs.compare({ a: sideOf(a), b: sideOf(b) }, { signal }),
  );
  return (
    <>
      <TopBar crumbs={[{ text: "Runs", to: paths.runs }, { text: "Compare" }]} />
      <div className="content">
        {failure !== null ? (
          <FailureNote failure={failure}>
            <Button onClick={() => navigate(paths.runs)}>Choose other runs</Button>
          </FailureNote>
        ) : value === null ? (
          <Skeleton width="100%" height={320} />
        ) : (
          <div className="compare-page">
            <Answer comparison={value} onSwap={() => navigate(paths.compare(b, a))} />
            {value.targets.map((target) => (
              <section key={target.label} className="compare-target" aria-label={target.name}>
                <h2>{target.name}</h2>
                <Differences target={target} />
                <CompareTable target={target} />
              </section>
            ))}
          </div>
        )}
      </div>
    </>
  );
}
