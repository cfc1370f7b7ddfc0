import { CircleCheck, TriangleAlert } from "lucide-react";
import type { Finding } from "../../../shared/domain/index.ts";
import { Icon } from "../../ui/icon.tsx";
import { fileName } from "../path-parts.ts";

interface LostListProps {
  lost: readonly Finding[];
  /** What the format is called. */
  to: string;
  onGo: (path: string, line: number) => void;
}

/** What the target cannot say, each with a way to where the file says it. */
export function LostList({ lost, to, onGo }: LostListProps) {
  if (lost.length === 0) {
    return (
      <p className="row c-fits">
        <Icon of={CircleCheck} />
        <span className="soft">Nothing is lost.</span>
      </p>
    );
  }
  return (
    <section aria-label="Lost">
      <p className="row c-tight">
        <Icon of={TriangleAlert} />
        <span className="soft">
          {to} cannot say {lost.length === 1 ? "one thing" : `${lost.length} things`} of this file:
        </span>
      </p>
      <ul className="lost">
        {lost.map(({ message, place }) => (
          <li key={`${place?.line ?? 0} ${message}`}>
            <span>{message}</span>
            {place === null ? null : (
              <button type="button" className="link nowrap" onClick={() => onGo(place.file, place.line)}>
                {fileName(place.file)}:{place.line}
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
