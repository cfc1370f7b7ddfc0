import { sparkPath } from "./spark-path.ts";

interface SparklineProps {
  values: readonly (number | null)[];
  limit: number;
  /** How many values the width holds: a young series starts at the right. */
  slots: number;
  label: string;
}

/** The last minute or two under a limit line; it steps with the data and never glides. */
export function Sparkline({ values, limit, slots, label }: SparklineProps) {
  const shown = values.slice(-slots);
  const last = shown.findLast((value) => value !== null) ?? 0;
  const share = limit > 0 ? last / limit : 0;
  const heat = share >= 0.95 ? "full" : share >= 0.85 ? "hot" : "";
  const { line, area } = sparkPath(shown, limit, slots);
  return (
    <svg className={`spark ${heat}`} viewBox="0 0 100 44" preserveAspectRatio="none" role="img" aria-label={label}>
      <title>{label}</title>
      <path className="area" d={area} />
      <path className="series" d={line} />
      <path className="limit" d="M0 4H100" />
    </svg>
  );
}
