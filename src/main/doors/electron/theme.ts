import { nativeTheme } from "electron";
import type { Settings } from "../../../shared/domain/index.ts";

/** The page's own background in ui/tokens.css, so that a window does not flash before its page is drawn. */
const backgrounds = { light: "#f4f5f7", dark: "#0e1114" };

/** Makes title bar, menus and dialogs follow the chosen theme. The theme for outdoors is a light one. */
export function applyTheme(theme: Settings["theme"]): void {
  nativeTheme.themeSource = theme === "contrast" ? "light" : theme;
}

/** The colour of a window that has drawn nothing yet. */
export function backgroundColour(): string {
  return nativeTheme.shouldUseDarkColors ? backgrounds.dark : backgrounds.light;
}
