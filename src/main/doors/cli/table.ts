import { styleText } from "node:util";
import { printable } from "./output.ts";

export interface Column<Row> {
  head: string;
  /** Numbers stand right. */
  right?: boolean;
  value: (row: Row) => string;
}

/** A table as aligned text: a head, then a line a row, two spaces between columns. */
export function formatTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const cells = rows.map((row) => columns.map((column) => printable(column.value(row))));
  const widths = columns.map((column, index) =>
    Math.max(column.head.length, ...cells.map((line) => line[index]?.length ?? 0)),
  );
  const format = (line: readonly string[]) =>
    line
      .map((cell, index) =>
        columns[index]?.right ? cell.padStart(widths[index] ?? 0) : cell.padEnd(widths[index] ?? 0),
      )
      .join("  ")
      .trimEnd();
  const head = styleText("dim", format(columns.map((column) => column.head)), { stream: process.stdout });
  return [head, ...cells.map(format)].join("\n");
}
