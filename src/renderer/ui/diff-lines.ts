export interface DiffLine {
  kind: "added" | "removed" | "same" | "hunk";
  text: string;
}

/** The lines of a unified diff without its header of file names. */
export function diffLines(diff: string): DiffLine[] {
  const lines = diff.replace(/\n$/, "").split("\n");
  const first = lines.findIndex((line) => line.startsWith("@@"));
  return lines
    .slice(Math.max(0, first))
    .filter((line) => !line.startsWith("\\ "))
    .map((text) => ({ kind: kindOf(text), text }));
}

function kindOf(text: string): DiffLine["kind"] {
  if (text.startsWith("+")) return "added";
  if (text.startsWith("-")) return "removed";
  return text.startsWith("@@") ? "hunk" : "same";
}
