import type { Substitution } from "../../../shared/domain/index.ts";
import { substitutionText } from "../../../shared/format/index.ts";
import { shownPath } from "./reports/shown-path.ts";

/** What was another thing on this machine than the file says, one a line below a heading; nothing when there is none. */
export function substitutionLines(heading: string, substitutions: readonly Substitution[]): string[] {
  if (substitutions.length === 0) return [];
  const lines = substitutions.map((one) => {
    const { place } = one;
    const where = place === null ? "" : ` (${shownPath(place.file)}:${place.line})`;
    return `  ${substitutionText(one)}${where}`;
  });
  return [heading, ...lines];
}
