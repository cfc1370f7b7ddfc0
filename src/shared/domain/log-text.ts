const controls = "[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u202a-\\u202e\\u2066-\\u2069]";
const anyControl = new RegExp(controls);
// Everything that moves a cursor, sets a title, rings a bell or turns a line around; colours (…m) stay for whoever shows them.
const otherControls = new RegExp(
  [
    "\\u001b\\[[0-9;?]*[A-LN-Za-ln-z]",
    "\\u001b\\][^\\u0007\\u001b]*(?:\\u0007|\\u001b\\\\)",
    "[\\u0000-\\u0008\\u000b-\\u001a\\u001c-\\u001f\\u007f-\\u009f\\u202a-\\u202e\\u2066-\\u2069]",
  ].join("|"),
  "g",
);
const escapeCharacter = String.fromCharCode(27);
const colours = new RegExp(`${escapeCharacter}\\[[0-9;:]*m`, "g");

/** False: whatever is shown of these lines is what they are. */
export function hasControls(text: string): boolean {
  return anyControl.test(text);
}

/** A line of a log with its colours, without any other control sequence. */
export function colouredText(raw: string): string {
  return raw.replace(otherControls, "");
}

/** The words of a line without any control sequence, for search and for the level. */
export function plainText(raw: string): string {
  const text = raw.replace(otherControls, "");
  return text.includes(escapeCharacter) ? text.replace(colours, "") : text;
}
