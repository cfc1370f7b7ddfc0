import { type Axis, type AxisName, axisNames, type Rules, type TargetResult } from "../../shared/domain/index.ts";
import { clockText } from "../../shared/format/time.ts";
import { answerTone, axisWords } from "../format/answer.ts";
import { axisText } from "../format/axis-value.ts";
import { Gauge } from "../ui/gauge.tsx";
import { AnswerPill, Pill } from "../ui/pill.tsx";

/** Where "fits" ends on an axis, as a share of its limit. Start-up and growth fit up to it, storage up to 80 %. */
function fitsShareOf(axis: AxisName, rules: Rules): number {
  if (axis === "startup" || axis === "growth") return 1;
  return axis === "storage" ? 0.8 : rules.fitsShare;
}

function Row({ name, axis, rules }: { name: AxisName; axis: Axis; rules: Rules }) {
  const words = axisWords(name);
  const text = axisText(axis);
  const measured = axis.value !== null && axis.limit !== null;
  return (
    <div className="axis">
      <div>
        <b>{words.name}</b>
        <span className="caption">{words.meaning}</span>
      </div>
      <div className="measure" title={axis.reason}>
        <p className={measured ? "value" : "value clip"}>
          {text.value === "" ? null : <b>{text.value} </b>}
          {text.rest}
        </p>
        {axis.value !== null && axis.limit !== null ? (
          <Gauge
            tone={answerTone(axis.verdict)}
            label={`${words.name}: ${text.value} ${text.rest}. ${axis.reason}`}
            value={axis.value}
            low={axis.low}
            high={axis.high}
            limit={axis.limit}
            fitsShare={fitsShareOf(name, rules)}
          />
        ) : (
          <div className="gauge blank" />
        )}
      </div>
      <AnswerPill answer={axis.verdict} />
    </div>
  );
}

/** Every axis against its limit; all budget lines stand at one place and make one line. */
export function VerdictAxes({ result, rules }: { result: TargetResult; rules: Rules }) {
  const judged = axisNames.flatMap((name) => {
    const axis = result.axes[name];
    return axis === undefined || name === "wear" ? [] : [{ name, axis }];
  });
  const notJudged = result.notJudged.filter(
    (entry) => entry.axis !== "wear" && !judged.some(({ name }) => name === entry.axis),
  );
  const open = judged.filter(({ axis }) => axis.verdict !== "fits");
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
          <Row key={name} name={name} axis={axis} rules={rules} />
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
      {open.length === 0 ? null : (
        <ul className="axes-why">
          {open.map(({ name, axis }) => (
            <li key={name}>
              <b className="strong">{axisWords(name).name}</b> {axis.reason}
              {axis.evidence.slice(0, 3).map((seen) => (
                <span key={`${seen.atMs} ${seen.text}`} className="muted">
                  {" "}
                  {clockText(seen.atMs)} {seen.text}
                </span>
              ))}
              {axis.evidence.slice(0, 3).map((seen) =>
                seen.lines.length === 0 ? null : (
                  <pre key={`${seen.atMs} lines`} className="evidence-lines">
                    {seen.lines.map((line) => `${clockText(line.atMs)} ${line.service}: ${line.text}`).join("\n")}
                  </pre>
                ),
              )}
            </li>
          ))}
        </ul>
      )}
      {wear === undefined ? null : <p className="caption">Write wear: {wear.reason} Shown, never judged.</p>}
    </section>
  );
}
