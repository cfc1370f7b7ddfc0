/** The rows that a selection reaches into, top to bottom; empty when it is within one row, which copies as it is. */
export function rowsInSelection(selection: Selection | null, list: Element): number[] {
  if (selection === null || selection.rangeCount === 0) return [];
  const range = selection.getRangeAt(0);
  const rows = [...list.querySelectorAll("[data-row]")].filter((row) => range.intersectsNode(row));
  return rows.length < 2 ? [] : rows.map((row) => Number(row.getAttribute("data-row")));
}
