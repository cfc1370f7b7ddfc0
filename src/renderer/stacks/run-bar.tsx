import { Play } from "lucide-react";
import { useLocation } from "wouter";
import type { OpenedStack, RunPlan, StackFormat } from "../../shared/domain/index.ts";
import { client } from "../app/client.ts";
import { useHasEngine } from "../app/engine-note.tsx";
import { paths } from "../app/paths.ts";
import { useAction } from "../app/use-action.ts";
import { Button } from "../ui/button.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { Seg } from "../ui/seg.tsx";
import { durationOptions, gateTexts } from "./plan-words.ts";
import { requestedTargets, useTargets } from "./targets-store.ts";
import { usePlan } from "./use-plan.ts";

const durations = [30_000, 120_000, 600_000];
const warmUps = [0, 10_000, 60_000];

function whatDurationGives(durationMs: number): string {
  if (durationMs < 30_000) return "Under 30 s nothing is judged.";
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

/** What the team has settled in `bayplan.yaml` beside the stack. */
function Settled({ plan }: { plan: RunPlan | null }) {
  if (plan === null) return null;
  const gates = gateTexts(plan);
  const thresholds = Object.entries(plan.thresholds);
  if (gates.length === 0 && thresholds.length === 0 && plan.failOn === null) return null;
  return (
    <dl className="settled small" aria-label="From bayplan.yaml">
      {gates.length === 0 ? null : (
        <>
          <dt>Gates</dt>
          <dd>{gates.join(", ")}</dd>
        </>
      )}
      {thresholds.length === 0 ? null : (
        <>
          <dt>Thresholds</dt>
          <dd>{thresholds.map(([name, value]) => `${name} ${value}`).join(", ")}</dd>
        </>
      )}
    </dl>
  );
}

/** How long to measure, what the stack is given besides, and the start. */
export function RunBar(props: RunBarProps) {
  const { path, opened, from } = props;
  const state = useTargets();
  const { durationMs, warmUpMs, desktop } = state;
  const [, navigate] = useLocation();
  const hasEngine = useHasEngine();
  const targets = requestedTargets(state);
  const inTheWay = obstacle(props, targets.length, hasEngine);
  const plan = usePlan(path, opened);
  const start = useAction(async () => {
    const record = await client.runs.start({
      file: path,
      ...(from !== null && { from }),
      ...(desktop && { desktop }),
      targets,
      durationMs,
      warmUpMs,
    });
    navigate(paths.run(record.id));
  });
  return (
    <footer>
      {start.failure === null ? null : <FailureNote failure={start.failure} />}
      {plan.failure === null ? null : <FailureNote failure={plan.failure} />}
      <div className="run-ways">
        <span className="small muted">Measure</span>
        <Seg
          label="Measure for"
          value={String(durationMs)}
          options={durationOptions(durations, durationMs)}
          onChange={(value) => useTargets.setState({ durationMs: Number(value) })}
        />
        <span className="small muted">Warm-up</span>
        <Seg
          label="Warm-up"
          value={String(warmUpMs)}
          options={durationOptions(warmUps, warmUpMs)}
          onChange={(value) => useTargets.setState({ warmUpMs: Number(value) })}
        />
      </div>
      <label className="run-switch small">
        <input type="checkbox" checked={desktop} onChange={() => useTargets.setState({ desktop: !desktop })} />
        Give this display to services that ask for one
      </label>
      <Settled plan={plan.value} />
      <div className="row">
        <p className="small muted grow" aria-live="polite">
          {inTheWay ?? whatDurationGives(durationMs)}
        </p>
        <Button look="primary" icon={Play} disabled={inTheWay !== null || start.busy} onClick={() => void start.run()}>
          {start.busy ? "Starting" : targets.length > 1 ? `Run on ${targets.length} targets` : "Run"}
        </Button>
      </div>
    </footer>
  );
}
