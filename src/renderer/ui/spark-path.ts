const top = 4;
const bottom = 43;
const width = 100;

/**
 * Lines and areas of a sparkline in a box of 100 by 44: the limit is at 4, nothing at 43. A null is a gap,
 * never a zero; values past the limit end a little above its line.
 */
export function sparkPath(
  values: readonly (number | null)[],
  limit: number,
  slots: number,
): { line: string; area: string } {
  const step = width / Math.max(1, slots - 1);
  let line = "";
  let area = "";
  let startX: number | null = null;
  let lastX = 0;
  values.forEach((value, index) => {
    if (value === null || limit <= 0) {
      if (startX !== null) area += `L${lastX} ${bottom}L${startX} ${bottom}Z`;
      startX = null;
      return;
    }
    const x = Number((width - (values.length - 1 - index) * step).toFixed(2));
    const y = Number(Math.max(1, bottom - (value / limit) * (bottom - top)).toFixed(2));
    const pen = `${startX === null ? "M" : "L"}${x} ${y}`;
    line += pen;
    area += pen;
    startX ??= x;
    lastX = x;
  });
  if (startX !== null) area += `L${lastX} ${bottom}L${startX} ${bottom}Z`;
  return { line, area };
}
