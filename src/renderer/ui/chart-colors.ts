/** The tokens that a canvas needs as plain values, since it cannot read CSS variables. */
export interface ChartColors {
  token: (name: string) => string;
  budgetWidth: number;
  hatchAlpha: number;
  seriesWidth: number;
  limitWidth: number;
  font: string;
}

/** Reads the tokens of the theme that is in force now. */
export function readChartColors(element: Element): ChartColors {
  const style = getComputedStyle(element);
  // Each is asked for in every frame, and the style answers slowly.
  const known = new Map<string, string>();
  const token = (name: string) => {
    const value = known.get(name) ?? style.getPropertyValue(name).trim();
    known.set(name, value);
    return value;
  };
  const pixels = (name: string, fallback: number) => {
    const value = Number.parseFloat(token(name));
    return Number.isFinite(value) ? value : fallback;
  };
  return {
    token,
    budgetWidth: pixels("--stroke-budget", 3),
    hatchAlpha: pixels("--hatch-alpha", 0.2),
    seriesWidth: pixels("--stroke-series", 1.5),
    limitWidth: pixels("--stroke-limit", 1.25),
    font: token("--font"),
  };
}

/** Calls back whenever the theme of the page changes; gives the function that stops it. */
export function onThemeChange(listener: () => void): () => void {
  const observer = new MutationObserver(listener);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  return () => observer.disconnect();
}
