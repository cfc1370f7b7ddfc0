import { type LogRow, plainText } from "../../../shared/domain/index.ts";

/** A row as it stands in a file or in the clipboard: time with its zone, container, text; a mark behind dashes. */
export function logFileLine(row: LogRow, nameOf: (containerId: string) => string): string {
  if (row.kind === "mark") return `${new Date(row.mark.atMs).toISOString()} --- ${row.mark.text}`;
  const { atMs, containerId, text } = row.line;
  return `${new Date(atMs).toISOString()} ${nameOf(containerId)} ${plainText(text)}`;
}
