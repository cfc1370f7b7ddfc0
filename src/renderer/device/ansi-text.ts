import Anser from "anser";

/** A piece of a line in one style; the class names are ours and follow the theme. */
export interface StyledPiece {
  text: string;
  className: string;
}

// Everything that moves a cursor, sets a title, rings a bell or turns a line around; colours (…m) stay for the parser.
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

/** The words of a line without any control sequence, for search and for the level. */
export function plainText(raw: string): string {
  return raw.replace(otherControls, "").replace(colours, "");
}

/** The pieces of a line with their colours as class names. */
export function styledPieces(raw: string): StyledPiece[] {
  const text = raw.replace(otherControls, "");
  if (!text.includes("\u001b")) return [{ text, className: "" }];
  return Anser.ansiToJson(text, { json: true, use_classes: true, remove_empty: true }).map((piece) => ({
    text: piece.content,
    className: [
      piece.fg ? piece.fg.replace(/^ansi-bright-/, "ansi-") : "",
      ...piece.decorations.map((decoration) => `ansi-${decoration}`),
    ]
      .filter((name) => name !== "")
      .join(" "),
  }));
}
