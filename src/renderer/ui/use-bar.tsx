/** A bar of use against a limit that stands at its right end; a dashed track where there is no limit. */
export function UseBar({ used, limit, label }: { used: number | null; limit: number | null; label: string }) {
  if (limit === null || used === null) return <span className="use open-ended" role="img" aria-label={label} />;
  const share = used / limit;
  const heat = share >= 0.97 ? "full" : share >= 0.85 ? "hot" : "";
  return (
    <span className={`use ${heat}`} role="img" aria-label={label}>
      <i style={{ width: `${Math.min(100, share * 100)}%` }} />
      <b />
    </span>
  );
}
