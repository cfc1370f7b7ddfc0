/** A piece of a line of YAML, for colouring only; the meaning of the file is the host's business. */
export interface YamlPiece {
  text: string;
  kind: "key" | "value" | "comment" | "plain";
}

/** Splits one line into key, value and comment. A hash inside quotes or a word is no comment. */
export function yamlPieces(line: string): YamlPiece[] {
  const comment = /(^|\s)#.*$/.exec(quotesBlanked(line));
  const end = comment === null ? line.length : comment.index + (comment[1]?.length ?? 0);
  const body = line.slice(0, end);
  const pieces: YamlPiece[] = [];
  const key = /^(\s*(?:- )*)([^\s:#][^:]*?:)(\s|$)/.exec(body);
  if (key?.[2] !== undefined) {
    const before = key[1] ?? "";
    if (before !== "") pieces.push({ text: before, kind: "plain" });
    pieces.push({ text: key[2], kind: "key" });
    const rest = body.slice(before.length + key[2].length);
    if (rest !== "") pieces.push({ text: rest, kind: "value" });
  } else if (body !== "") {
    pieces.push({ text: body, kind: "value" });
  }
  if (end < line.length) pieces.push({ text: line.slice(end), kind: "comment" });
  return pieces;
}

function quotesBlanked(line: string): string {
  return line.replace(/"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'/g, (quoted) => "_".repeat(quoted.length));
}
