import { Gauge as GaugeIcon } from "lucide-react";
import { useLocation } from "wouter";
import type { ProfileResult, RunRecord } from "../../shared/domain/index.ts";
import { defaultRules } from "../../shared/domain/index.ts";
import { momentText } from "../../shared/format/time.ts";
import { paths } from "../app/paths.ts";
import { useNow } from "../app/use-now.ts";
import { Button } from "../ui/button.tsx";
import { RunSide } from "./live-run.tsx";
import { RunTargets } from "./run-targets.tsx";
import { RunTimeline } from "./run-timeline.tsx";
import { useTimeline } from "./use-timeline.ts";

/** What was measured in a run that is over, to look at closely; its verdict is a page of its own. */
export function MeasuredRun({ record, result }: { record: RunRecord; result: ProfileResult | null }) {
  const timeline = useTimeline(record);
  const [, navigate] = useLocation();
  const now = useNow(60_000);
  if (timeline === null) return null;
  const { target, index } = timeline;
  return (
    <div className="run-page">
      <header className="run-head">
        <div className="grow">
          <h1 className="clip">
            {record.stackName} on {target.name}
          </h1>
          <p className="small muted">What was measured, {momentText(record.startedAtMs, now)}.</p>
        </div>
        {result === null ? null : (
          <Button look="primary" icon={GaugeIcon} onClick={() => navigate(paths.run(record.id))}>
            Show the verdict
          </Button>
        )}
      </header>
      <RunTargets record={record} shown={index} />
      <div className="run-cols">
        <RunTimeline
          key={index}
          record={record}
          timeline={timeline}
          fitsShare={(result?.rules ?? defaultRules).fitsShare}
        />
        <RunSide record={record} timeline={timeline} />
      </div>
    </div>
  );
}
