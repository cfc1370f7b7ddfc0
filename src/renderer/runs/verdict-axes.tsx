import { axisNames, type Rules, type RunId, type TargetResult } from "../../shared/domain/index.ts";
import { axisWords } from "../format/answer.ts";
import { Gauge } from "../ui/gauge.tsx";
import { Pill } from "../ui/pill.tsx";
import { VerdictAxis } from "./verdict-axis.tsx";

interface VerdictAxesProps {
  runId: RunId;
  /** The place of the target in the run. */
  index: number;
  result: TargetResult;
  rules: Rules;
}

/** Every axis against its limit; all budget lines stand at one place and make one line. */
export function VerdictAxes({ runId, index, result, rules }: VerdictAxesProps) {
  const judged = axisNames.flatMap((name) => {
    const axis = result.axes[name];
    return axis === undefined || name === "wear" ? [] : [{ name, axis }];
  });
  const notJudged = result.notJudged.filter(
    (entry) => entry.axis !== "wear" && !judged.some(({ name }) => name === entry.axis),
  );
  const wear = result.axes.wear;
  const thread = result.stack.busiestThread;
  return (
    <section className="panel axes" aria-label="Axes">
      <div className="axes-head" aria-hidden={true}>
        <div>
          <span className="caption">fits below {Math.round(rules.fitsShare * 100)} %</span>
          <svg viewBox="0 0 26 34" aria-hidden={true}>
            <circle cx="13" cy="13" r="9" />
            <path d="M13 0V36" />
          </svg>
          <b>Budget</b>
        </div>
      </div>
      <div className="axes-stage">
        {judged.map(({ name, axis }) => (
          <VerdictAxis key={name} name={name} axis={axis} rules={rules} runId={runId} target={index} />
        ))}
        {thread === null ? null : (
          <div className="axis">
            <div>
              <b>Busiest thread</b>
              <span className="caption clip" title={`${thread.service}, ${thread.name}`}>
                {thread.service}, {thread.name}
              </span>
            </div>
            <div className="measure">
              <p className="value">
                <b>{thread.p95.toFixed(2)} </b>of 1 core, at most {thread.max.toFixed(2)}
              </p>
              <Gauge
                tone={thread.p95 > 1 ? "over" : "unknown"}
                label={`Busiest thread: ${thread.p95.toFixed(2)} of 1 device core`}
                value={thread.p95}
                low={null}
                high={null}
                limit={1}
                fitsShare={rules.fitsShare}
              />
            </div>
            <span className="caption">part of CPU</span>
          </div>
        )}
        {notJudged.map((entry) => (
          <div key={entry.axis} className="axis">
            <div>
              <b>{axisWords(entry.axis).name}</b>
              <span className="caption">{axisWords(entry.axis).meaning}</span>
            </div>
            <div className="measure">
              <p className="value long" title={entry.reason}>
                {entry.reason}
              </p>
              <div className="gauge blank" />
            </div>
            <Pill tone="unknown" text="Not judged" />
          </div>
        ))}
        <div className="plimsoll" aria-hidden={true}>
          <div>
            <i />
          </div>
        </div>
      </div>
      {wear === undefined ? null : <p className="caption">Write wear: {wear.reason} Shown, never judged.</p>}
    </section>
  );
}
