import type { Answer, FitCell } from "../../shared/domain/index.ts";

const order: Record<Answer, number> = { fits: 0, tight: 1, unknown: 2, "does-not-fit": 3 };

/**
 * The rows of the matrix: what was measured first, then what fits, the board with the least memory on top, since that is
 * the one to buy. `filter` is looked for in names and ids, every word of it.
 */
export function fitRows(cells: readonly FitCell[], filter: string): FitCell[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const memory = ({ budget }: FitCell) => budget.memoryBytes ?? Number.POSITIVE_INFINITY;
  return cells
    .filter(({ device }) => {
      const text = `${device.name} ${device.label}`.toLowerCase();
      return words.every((word) => text.includes(word));
    })
    .sort((a, b) => {
      if (a.projected !== b.projected) return a.projected ? 1 : -1;
      if (!a.projected) return 0;
      return order[a.verdict] - order[b.verdict] || (memory(a) === memory(b) ? 0 : memory(a) - memory(b));
    });
}

/** `12 of 60 boards fit.` */
export function fitCount(cells: readonly FitCell[]): string {
  const fitting = cells.filter(({ verdict }) => verdict === "fits").length;
  return `${fitting} of ${cells.length} fit`;
}
