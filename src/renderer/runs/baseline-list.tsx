import { Trash2 } from "lucide-react";
import type { Baseline } from "../../shared/domain/index.ts";
import { momentText } from "../../shared/format/time.ts";
import { countText } from "../../shared/format/words.ts";
import { client } from "../app/client.ts";
import { useAction } from "../app/use-action.ts";
import { IconButton } from "../ui/button.tsx";
import { FailureNote } from "../ui/failure-note.tsx";

/** The baselines that are set; nothing when there are none. */
export function BaselineList({
  baselines,
  now,
  onDone,
}: {
  baselines: readonly Baseline[];
  now: number;
  onDone: () => void;
}) {
  const remove = useAction(async (name: string) => {
    await client.runs.removeBaseline({ name });
    onDone();
  });
  if (baselines.length === 0) return null;
  return (
    <section className="panel" aria-label="Baselines">
      <header>
        <h2>Baselines</h2>
        <span className="muted small">what others are compared with</span>
      </header>
      <ul className="baselines">
        {baselines.map(({ name, runIds, stackName, setAtMs }) => (
          <li key={name}>
            <b>{name}</b>
            <span className="soft">
              {countText(runIds.length, "run")} of {stackName}
            </span>
            <span className="muted small push">{momentText(setAtMs, now)}</span>
            <IconButton
              icon={Trash2}
              label={`Remove the baseline ${name}`}
              disabled={remove.busy}
              onClick={() => void remove.run(name)}
            />
          </li>
        ))}
      </ul>
      {remove.failure === null ? null : <FailureNote failure={remove.failure} />}
    </section>
  );
}
