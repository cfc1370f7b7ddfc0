import { Play } from "lucide-react";
import { useLocation } from "wouter";
import type { OpenedStack, StackFormat } from "../../shared/domain/index.ts";
import { client } from "../app/client.ts";
import { useHasEngine } from "../app/engine-note.tsx";
import { paths } from "../app/paths.ts";
import { useAction } from "../app/use-action.ts";
import { Button } from "../ui/button.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { Seg } from "../ui/seg.tsx";
import { requestedTargets, useTargets } from "./targets-store.ts";

const warmUpMs = 10_000;
const durations = [
  { value: "30000", label: "30 s" },
  { value: "120000", label: "2 min" },
  { value: "600000", label: "10 min" },
];

function whatDurationGives(durationMs: number): string {
  if (durationMs < 60_000) return "30 s is the least that is judged.";
  return durationMs < 600_000 ? "2 min judges memory, CPU and start-up." : "10 min judges growth as well.";
}

interface RunBarProps {
  /** What was asked for: a file, or a folder that stands for what it holds. */
  path: string;
  opened: OpenedStack;
  from: StackFormat | null;
  /** True while the stack cannot be read. */
  isGone: boolean;
}

/** What still stands in the way of a run, or null. */
function obstacle({ opened, isGone }: RunBarProps, targets: number, hasEngine: boolean): string | null {
  if (isGone) return "The stack cannot be read now.";
  const errors = opened.findings.filter((finding) => finding.severity === "error").length;
  if (errors > 0) return `${errors} ${errors === 1 ? "error" : "errors"} to fix first.`;
  if (!hasEngine) return "A run needs a container engine on this machine.";
  if (targets === 0) return "Choose a target.";
  return null;
}

/** How long to measure, and the start. */
export function RunBar(props: RunBarProps) {
  const { path, from } = props;
  const state = useTargets();
  const [, navigate] = useLocation();
  const hasEngine = useHasEngine();
  const targets = requestedTargets(state);
  const inTheWay = obstacle(props, targets.length, hasEngine);
  const start = useAction(async () => {
    const record = await client.runs.start({
      file: path,
      ...(from !== null && { from }),
      targets,
      durationMs: state.durationMs,
      warmUpMs,
    });
    navigate(paths.run(record.id));
  });
  return (
    <footer>
      {start.failure === null ? null : <FailureNote failure={start.failure} />}
      <div className="row">
        <Seg
          label="Measure for"
          value={String(state.durationMs)}
          options={durations}
          onChange={(value) => useTargets.setState({ durationMs: Number(value) })}
        />
        <span className="push" />
        <Button look="primary" icon={Play} disabled={inTheWay !== null || start.busy} onClick={() => void start.run()}>
          {start.busy ? "Starting" : targets.length > 1 ? `Run on ${targets.length} targets` : "Run"}
        </Button>
      </div>
      <p className="small muted" aria-live="polite">
        {inTheWay ?? whatDurationGives(state.durationMs)}
      </p>
    </footer>
  );
}
