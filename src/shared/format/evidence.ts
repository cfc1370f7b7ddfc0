import { type Axis, type AxisName, axisNames } from "../domain/index.ts";
import { clockText } from "./time.ts";

const mostOfAnAxis = 3;

/** A moment that an answer rests on, in words, and what was printed about then. */
export interface EvidenceText {
  axis: AxisName;
  text: string;
  lines: string[];
}

/** The evidence of the axes that do not simply fit: when it was seen, what it was, and the lines around it. */
export function evidenceTexts(axes: Partial<Record<AxisName, Axis>>): EvidenceText[] {
  return axisNames.flatMap((name) => {
    const axis = axes[name];
    if (axis === undefined || axis.verdict === "fits") return [];
    return axis.evidence.slice(0, mostOfAnAxis).map(({ atMs, untilMs, text, lines }) => {
      const until = untilMs === null ? "" : `-${clockText(untilMs)}`;
      const texts = lines.map((line) => `${clockText(line.atMs)} ${line.service}: ${line.text}`);
      return { axis: name, text: `${clockText(atMs)}${until} ${text}`, lines: texts };
    });
  });
}
