import { ArrowRight } from "lucide-react";
import { Link } from "wouter";
import type { Axis, AxisName, Rules, RunId } from "../../shared/domain/index.ts";
import { clockText } from "../../shared/format/time.ts";
import { paths } from "../app/paths.ts";
import { answerTone, axisWords } from "../format/answer.ts";
import { axisText, headroomText } from "../format/axis-value.ts";
import { Gauge } from "../ui/gauge.tsx";
import { Icon } from "../ui/icon.tsx";
import { AnswerPill } from "../ui/pill.tsx";

/** What lies around a moment is looked at with it. */
const aroundMs = 3_000;
const mostEvidence = 3;

/** Where "fits" ends on an axis, as a share of its limit. Start-up and growth fit up to it, storage up to 80 %. */
function fitsShareOf(axis: AxisName, rules: Rules): number {
  if (axis === "startup" || axis === "growth") return 1;
  return axis === "storage" ? 0.8 : rules.fitsShare;
}

interface EvidenceProps {
  seen: Axis["evidence"][number];
  runId: RunId;
  target: number;
}

/** When something was seen; it leads to the charts of the run with that time marked. */
function Evidence({ seen, runId, target }: EvidenceProps) {
  const span = { fromMs: Math.max(0, seen.atMs - aroundMs), toMs: (seen.untilMs ?? seen.atMs) + aroundMs };
  return (
    <li>
      <Link to={paths.runCharts(runId, target, span)}>
        {clockText(seen.atMs)} {seen.text}
        <Icon of={ArrowRight} size={12} />
      </Link>
      {seen.lines.length === 0 ? null : (
        <pre className="evidence-lines">
          {seen.lines.map((line) => `${clockText(line.atMs)} ${line.service}: ${line.text}`).join("\n")}
        </pre>
      )}
    </li>
  );
}

interface VerdictAxisProps {
  name: AxisName;
  axis: Axis;
  rules: Rules;
  runId: RunId;
  target: number;
}

/** One axis: the figure and its band against the limit, what is left in words, why, and where it was seen. */
export function VerdictAxis({ name, axis, rules, runId, target }: VerdictAxisProps) {
  const words = axisWords(name);
  const text = axisText(axis);
  const headroom = headroomText(axis);
  const { value, low, high, limit } = axis;
  const isDrawn = value !== null && limit !== null;
  return (
    <div className="axis">
      <div>
        <b>{words.name}</b>
        <span className="caption">{words.meaning}</span>
      </div>
      <div className="measure">
        {text.value === "" ? null : (
          <p className="value">
            <b>{text.value} </b>
            {text.rest}
          </p>
        )}
        {isDrawn ? (
          <Gauge
            tone={answerTone(axis.verdict)}
            label={`${words.name}: ${text.value} ${text.rest}. ${axis.reason}`}
            value={value}
            low={low}
            high={high}
            limit={limit}
            fitsShare={fitsShareOf(name, rules)}
          />
        ) : (
          <div className="gauge blank" />
        )}
      </div>
      <AnswerPill answer={axis.verdict} />
      <div className="axis-why">
        {headroom === null ? null : <p className="headroom">{headroom}</p>}
        <p>{axis.reason}</p>
        {axis.evidence.length === 0 ? null : (
          <ul aria-label={`Where ${words.name} was seen`}>
            {axis.evidence.slice(0, mostEvidence).map((seen) => (
              <Evidence key={`${seen.atMs} ${seen.text}`} seen={seen} runId={runId} target={target} />
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}
