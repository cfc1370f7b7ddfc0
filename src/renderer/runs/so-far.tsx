import type { RunEvent, RunTarget } from "../../shared/domain/index.ts";
import { clockText } from "../../shared/format/time.ts";
import { Icon } from "../ui/icon.tsx";
import { toneIcons } from "../ui/pill.tsx";

interface SoFarProps {
  peak: { value: number; atMs: number } | null;
  target: RunTarget;
  fitsShare: number;
  events: readonly RunEvent[];
  live: boolean;
}

/** What can be said before the end: only facts of this run, the verdict comes when it is over. */
export function SoFar({ peak, target, fitsShare, events, live }: SoFarProps) {
  const kill = events.find((event) => event.kind === "oom-kill");
  const share = peak === null || target.memoryBytes === null ? null : peak.value / target.memoryBytes;
  const tone =
    kill !== undefined || (share ?? 0) > 1 ? "over" : share === null ? "unknown" : share > fitsShare ? "tight" : "fits";
  const text =
    kill !== undefined
      ? `${kill.text}, at ${clockText(kill.atMs)}.`
      : share === null
        ? "Nothing can be said yet."
        : `Memory reached ${Math.round(share * 100)} % of the budget.`;
  return (
    <section className="panel" aria-live="polite">
      <h3>{live ? "So far" : "In short"}</h3>
      <p className={`row c-${tone}`}>
        <Icon of={toneIcons[tone]} />
        <span className="so-far">{text}</span>
      </p>
    </section>
  );
}
