import type { Answer, Axis, AxisName } from "../verdict.ts";
import type { TargetObservation } from "./observation.ts";

const verdictWords: Record<Answer, string> = {
  fits: "It fits",
  tight: "It fits, but tightly",
  unknown: "Whether it fits is not known",
  "does-not-fit": "It does not fit",
};

/** The answer in a sentence or two: the axis that decides, with its numbers. */
export function headlineOf(verdict: Answer, axes: Partial<Record<AxisName, Axis>>, seen: TargetObservation): string {
  const decisive = decisiveAxis(verdict, axes);
  const idle = !seen.loadGiven && (verdict === "fits" || verdict === "tight") ? " while idle" : "";
  const reason = decisive?.reason ?? "Nothing could be judged.";
  const [first, ...spare] = reason.split(", with ");
  // "…, with 29 MiB to spare." reads better as a part of the answer: "It fits, with 29 MiB to spare."
  if (idle === "" && first !== undefined && spare.length === 1 && verdict !== "unknown" && !reason.includes(", but ")) {
    return `${first}. It fits, with ${spare[0]}`;
  }
  const whole = idle === "" ? verdictWords[verdict] : `It ${verdict === "fits" ? "fits" : "fits tightly"}${idle}`;
  return `${reason} ${whole}.`;
}

/** Of the axes that gave the whole its answer, the first in the order people ask: memory, CPU, start-up. */
function decisiveAxis(verdict: Answer, axes: Partial<Record<AxisName, Axis>>): Axis | undefined {
  const order: AxisName[] = ["memory", "cpu", "startup", "storage", "growth", "wear"];
  return order.map((name) => axes[name]).find((axis) => axis?.verdict === verdict);
}
