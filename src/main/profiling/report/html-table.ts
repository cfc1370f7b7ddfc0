import { escapeMarkup } from "./escape-markup.ts";

/** A column of a table: what stands in each row, already markup where `markup` is given. */
export interface Column<T> {
  head: string;
  right?: boolean;
  text?: (row: T) => string;
  markup?: (row: T) => string;
}

/** A table; empty text when it would have no row. */
export function htmlTable<T>(rows: readonly T[], columns: readonly Column<T>[]): string {
  if (rows.length === 0) return "";
  const side = ({ right }: Column<T>) => (right ? ' class="num"' : "");
  const head = columns.map((column) => `<th${side(column)}>${escapeMarkup(column.head)}</th>`).join("");
  const body = rows.map((row) => {
    const cells = columns.map((column) => {
      const content = column.markup?.(row) ?? escapeMarkup(column.text?.(row) ?? "");
      return `<td${side(column)}>${content}</td>`;
    });
    return `<tr>${cells.join("")}</tr>`;
  });
  return `<div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>${body.join("")}</tbody></table></div>`;
}
