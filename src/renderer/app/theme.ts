import { create } from "zustand";
import type { Settings } from "../../shared/domain/index.ts";
import { client } from "./client.ts";

export type Theme = Settings["theme"];

export const useTheme = create<{ theme: Theme }>(() => ({ theme: "system" }));

/** The theme to draw: the chosen one, or what the system asks for. */
export function resolveTheme(theme: Theme, system: { dark: boolean; moreContrast: boolean }): string {
  if (theme !== "system") return theme;
  if (system.moreContrast) return "contrast";
  return system.dark ? "dark" : "light";
}

const dark = window.matchMedia("(prefers-color-scheme: dark)");
const moreContrast = window.matchMedia("(prefers-contrast: more)");

function draw(): void {
  const { theme } = useTheme.getState();
  document.documentElement.dataset.theme = resolveTheme(theme, {
    dark: dark.matches,
    moreContrast: moreContrast.matches,
  });
}

/** Draws the system's theme now and the chosen one as soon as the host tells it. */
export async function startTheme(): Promise<void> {
  draw();
  dark.addEventListener("change", draw);
  moreContrast.addEventListener("change", draw);
  useTheme.subscribe(draw);
  try {
    const { theme } = await client.settings.get();
    useTheme.setState({ theme });
  } catch (error) {
    // The system's theme is a good one; the choice comes with the next start.
    console.warn("settings.get failed", error);
  }
}

/** Chooses a theme, at once here and for the next start in the settings. */
export async function chooseTheme(theme: Theme): Promise<void> {
  useTheme.setState({ theme });
  await client.settings.set({ theme });
}
