import { CircleCheck, CircleQuestionMark } from "lucide-react";
import type { LoadResult } from "../../shared/domain/index.ts";
import { latencyText, loadRateText } from "../../shared/format/load.ts";
import { Pill } from "../ui/pill.tsx";

function figuresOf(load: LoadResult): string {
  const rate = loadRateText(load);
  const failed = load.errors === null || load.errors === 0 ? null : `${load.errors} failed`;
  return [rate === null ? null : `${rate} a second`, failed, latencyText(load)]
    .filter((text) => text !== null)
    .join(", ");
}

/** What loaded the stack while it was measured, with what became of it; nothing when nothing did. */
export function LoadList({ load }: { load: readonly LoadResult[] }) {
  if (load.length === 0) return null;
  return (
    <section className="panel" aria-label="Load">
      <header>
        <h2>Load</h2>
        <span className="muted small">over the steady time</span>
      </header>
      <ul className="gates loads">
        {load.map((one) => (
          <li key={`${one.kind} ${one.name}`}>
            <b>{one.name}</b>
            <span>
              {figuresOf(one) === "" || !one.made ? one.text : figuresOf(one)}
              {one.output.length === 0 ? null : <pre className="load-output">{one.output.join("\n")}</pre>}
            </span>
            {one.made ? (
              <Pill tone="fits" icon={CircleCheck} text="Made" />
            ) : (
              <Pill tone="unknown" icon={CircleQuestionMark} text="Not made" />
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
