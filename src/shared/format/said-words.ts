/**
 * Words of a device, a server or an engine in a sentence of ours: on one line, without what steers a terminal or turns a
 * line around, and not endless.
 */
export function saidWords(text: string, maxLength = 500): string {
  // The cut comes first: what is cut off may be a million characters.
  const line = text
    .slice(0, maxLength * 4)
    .replaceAll(/[\s\p{Cc}\u202a-\u202e\u2066-\u2069]+/gu, " ")
    .trim();
  return line.length > maxLength ? `${line.slice(0, maxLength)}…` : line;
}
