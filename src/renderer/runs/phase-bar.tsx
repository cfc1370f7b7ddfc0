import { clockText } from "../../shared/format/time.ts";
import type { PhaseSpan } from "./run-clock.ts";

const looks: Record<string, string> = { steady: "steady", "warm-up": "warm" };

/** The phases of the run over the same width as the charts below. */
export function PhaseBar({ spans, untilMs }: { spans: readonly PhaseSpan[]; untilMs: number }) {
  const share = (ms: number) => `${Math.max(0, Math.min(100, (ms / Math.max(1, untilMs)) * 100))}%`;
  return (
    <div
      className="phases"
      role="img"
      aria-label={`Phases: ${spans.map((span) => `${span.phase} from ${clockText(span.fromMs)}`).join(", ")}`}
    >
      <div className="phase-track">
        {spans.map((span) => (
          <i
            key={`${span.phase} ${span.fromMs}`}
            className={looks[span.phase] ?? ""}
            style={{ left: share(span.fromMs), width: share(span.untilMs - span.fromMs) }}
          />
        ))}
      </div>
      <div className="phase-names">
        {spans
          .filter((span) => (span.untilMs - span.fromMs) / Math.max(1, untilMs) > 0.07)
          .map((span) => (
            <span key={`${span.phase} ${span.fromMs}`} style={{ left: share(span.fromMs) }}>
              {span.phase === "healthy" ? "until healthy" : span.phase}
            </span>
          ))}
      </div>
    </div>
  );
}
