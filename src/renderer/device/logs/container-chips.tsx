import type { Container } from "../../../shared/domain/index.ts";
import { Swatch } from "../../ui/swatch.tsx";

interface ContainerChipsProps {
  containers: readonly Container[];
  chosen: ReadonlySet<string>;
  /** Those that do not run, and of which all that they printed is shown. */
  ended: ReadonlySet<string>;
  onToggle: (containerId: string) => void;
}

/** Which containers' logs are in the list, each in its colour. */
export function ContainerChips({ containers, chosen, ended, onToggle }: ContainerChipsProps) {
  return (
    <ul className="chips" aria-label="Containers to follow">
      {containers.map((container, index) => (
        <li key={container.id}>
          <button
            type="button"
            className="chip"
            aria-pressed={chosen.has(container.id)}
            onClick={() => onToggle(container.id)}
          >
            <Swatch index={index} />
            {container.service ?? container.name}
            {ended.has(container.id) ? <span className="muted">ended</span> : null}
          </button>
        </li>
      ))}
    </ul>
  );
}
