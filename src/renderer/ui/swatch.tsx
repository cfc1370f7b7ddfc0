/** The token pair of the n-th series; the seventh and later ones share the colour of the rest. */
export function seriesColor(index: number): { line: string; fill: string } {
  const name = index >= 0 && index < 6 ? `--chart-${index + 1}` : "--chart-rest";
  return { line: `var(${name})`, fill: `var(${name}-fill)` };
}

/** The little square that ties a name to its series. */
export function Swatch({ index }: { index: number }) {
  const { line, fill } = seriesColor(index);
  return <span className="swatch" style={{ background: fill, boxShadow: `inset 0 0 0 1.5px ${line}` }} />;
}
