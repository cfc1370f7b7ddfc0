import Anser from "anser";
import { colouredText } from "../../../shared/domain/index.ts";

/** A piece of a line in one style; the class names are ours and follow the theme. */
export interface StyledPiece {
  text: string;
  className: string;
}

/** The pieces of a line with their colours as class names. */
export function styledPieces(raw: string): StyledPiece[] {
  const text = colouredText(raw);
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
