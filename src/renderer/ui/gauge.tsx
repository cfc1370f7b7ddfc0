import type { Tone } from "../format/answer.ts";

/** 100 % of the budget stands at this share of every track, so that gauges in a list share one line. */
export const budgetAt = 0.8;

interface GaugeProps {
  tone: Tone;
  label: string;
  value: number;
  low: number | null;
  high: number | null;
  limit: number;
  /** The share of the limit up to which the answer is "fits". */
  fitsShare: number;
}

function place(value: number, limit: number): number {
  return Math.max(0, Math.min(100, (value / limit) * budgetAt * 100));
}

/** Solid to the estimate, a mark on it, a pale band to the pessimistic edge, hatching past the budget. */
export function Gauge({ tone, label, value, low, high, limit, fitsShare }: GaugeProps) {
  const at = place(value, limit);
  const bandFrom = Math.min(at, place(low ?? value, limit));
  const bandTo = Math.max(at, place(high ?? value, limit));
  return (
    <div className={`gauge ${tone}`} role="img" aria-label={label}>
      {fitsShare < 1 ? (
        <i
          className="zone-tight"
          style={{ left: `${fitsShare * budgetAt * 100}%`, width: `${(1 - fitsShare) * budgetAt * 100}%` }}
        />
      ) : null}
      <i className="zone-over" />
      <i className="fill" style={{ width: `${at}%` }} />
      {bandTo > bandFrom ? (
        <i className="band" style={{ left: `${bandFrom}%`, width: `${bandTo - bandFrom}%` }} />
      ) : null}
      {fitsShare < 1 ? <i className="tick" style={{ left: `${fitsShare * budgetAt * 100}%` }} /> : null}
      <i className="mark" style={{ left: `${at}%` }} />
      <i className="line" />
    </div>
  );
}
