import type { Substitution } from "../../shared/domain/index.ts";
import { substitutionText } from "../../shared/format/substitution.ts";

/** What was another thing on this machine than the file says; nothing when all was as written. */
export function StandInList({ substitutions }: { substitutions: readonly Substitution[] }) {
  if (substitutions.length === 0) return null;
  return (
    <section className="panel facts-panel" aria-label="Stand-ins">
      <h2>Ran with stand-ins</h2>
      <ul className="stand-ins">
        {substitutions.map((one) => (
          <li key={`${one.service} ${one.what} ${one.instead}`}>{substitutionText(one)}</li>
        ))}
      </ul>
    </section>
  );
}
