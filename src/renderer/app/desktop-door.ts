/** What the preload script of the desktop window gives to the page. */
const pieceName = "bayplanDesktop";

/** The place of a file that was dropped on the window; null in a browser, which does not tell, and for what is no file. */
export function pathOfDropped(file: File): string | null {
  const piece: unknown = Reflect.get(window, pieceName);
  if (typeof piece !== "object" || piece === null) return null;
  const pathOf: unknown = Reflect.get(piece, "pathOfFile");
  if (typeof pathOf !== "function") return null;
  const path: unknown = pathOf(file);
  return typeof path === "string" && path !== "" ? path : null;
}
