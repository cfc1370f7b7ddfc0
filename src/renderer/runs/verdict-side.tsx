import { FileCode, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { useLocation } from "wouter";
import type { Advice, HostReport, RunRecord, TargetResult } from "../../shared/domain/index.ts";
import { mibText } from "../../shared/format/bytes.ts";
import { coreCountText } from "../../shared/format/cores.ts";
import { paths } from "../app/paths.ts";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import { AdviseDialog } from "./advise-dialog.tsx";
import { RunAgain } from "./run-again.tsx";

/** Advice of one service in one place, services in the order in which they first come. */
function byService(advice: readonly Advice[]): Advice[] {
  const services = [...new Set(advice.map(({ service }) => service))];
  return services.flatMap((service) => advice.filter((entry) => entry.service === service));
}

/** What to write into the file, each line with its reason. */
export function AdviceList({ record, index, result }: { record: RunRecord; index: number; result: TargetResult }) {
  const runId = record.id;
  const ordered = byService(result.advice);
  const [reviewing, setReviewing] = useState(false);
  const [written, setWritten] = useState(false);
  return (
    <section className="panel" aria-label="Advice">
      <header>
        <h2>Advice</h2>
        <span className="muted small">
          {result.advice.length === 0
            ? "nothing to change"
            : `${result.advice.length} ${result.advice.length === 1 ? "change" : "changes"}, in device terms`}
        </span>
        {result.advice.length === 0 ? null : (
          <span className="advice-acts" aria-live="polite">
            <Button look={written ? "plain" : "primary"} onClick={() => setReviewing(true)}>
              Write into the file
            </Button>
          </span>
        )}
      </header>
      {result.advice.length === 0 ? null : (
        <ol className="advice">
          {ordered.map((advice, index) => (
            <li key={`${advice.service} ${advice.key}`}>
              {ordered[index - 1]?.service === advice.service ? null : (
                <p className="advice-service">{advice.service}:</p>
              )}
              {advice.current === null ? null : (
                <p className="remove">
                  <span aria-hidden={true}>-</span>
                  <del>
                    {advice.key}: {advice.current}
                  </del>
                </p>
              )}
              <p className="add">
                <span aria-hidden={true}>+</span>
                <ins>
                  {advice.key}: {advice.proposed}
                </ins>
                <span className="reason" title={advice.reason}>
                  {advice.reason}
                </span>
              </p>
            </li>
          ))}
        </ol>
      )}
      {written ? <Written record={record} /> : null}
      <AdviseDialog
        runId={runId}
        target={index}
        open={reviewing}
        onClose={() => setReviewing(false)}
        onWritten={() => {
          setReviewing(false);
          setWritten(true);
        }}
      />
    </section>
  );
}

/** The limits are in the file: what one does next. */
function Written({ record }: { record: RunRecord }) {
  const [, navigate] = useLocation();
  return (
    <div className="written" role="status">
      <p>
        <b className="strong">The limits are in the file.</b> Run again to see the stack under them.
      </p>
      <span className="row">
        <RunAgain record={record} />
        <Button icon={FileCode} onClick={() => navigate(paths.stack(record.file))}>
          Look at the file
        </Button>
      </span>
    </div>
  );
}

const modes: Record<TargetResult["envelope"]["mode"], string> = {
  direct: "cgroup of its own",
  systemd: "systemd slice",
  helper: "helper container",
  observe: "none, only observed",
  device: "the device itself",
};

/** Under what the stack ran, and what this machine could not give. */
export function EnvelopeFacts({ result, host }: { result: TargetResult; host: HostReport }) {
  const { envelope, budget } = result;
  const { limits } = envelope;
  return (
    <section className="panel facts-panel" aria-label="Envelope">
      <h2>How it was measured</h2>
      <dl className="kv">
        <dt>Envelope</dt>
        <dd>{modes[envelope.mode]}</dd>
        <dt>Memory</dt>
        <dd title={budget.memorySource}>
          {limits.memoryBytes === null
            ? "not limited"
            : `${mibText(limits.memoryBytes)} MiB, ${limits.swapBytes ? "with swap" : "no swap"}`}
        </dd>
        <dt>CPU</dt>
        <dd title={budget.cpuSource}>
          {budget.cpuCores === null ? "unknown" : `${coreCountText(budget.cpuCores)} device cores`}
        </dd>
        <dt>On this machine</dt>
        <dd>
          {limits.cpuQuotaCores === null ? "not limited" : `${coreCountText(limits.cpuQuotaCores)} cores`}
          {limits.cpuset === null ? "" : `, CPUs ${limits.cpuset}`}
        </dd>
        <dt>Speed</dt>
        <dd title={envelope.speedSource}>
          {envelope.speedRatio === null ? "unknown" : `x ${envelope.speedRatio.toFixed(2)}`}
        </dd>
        {envelope.cpuBand === undefined ? null : (
          <>
            <dt>CPU band</dt>
            <dd title={envelope.cpuBand.why}>x {envelope.cpuBand.value.toFixed(2)}</dd>
          </>
        )}
        <dt>Steady time</dt>
        <dd>{result.stack.steadySeconds.toFixed(0)} s</dd>
        <dt>Machine busy</dt>
        <dd>
          {host.busyWindowsShare === null ? "not measured" : `${(host.busyWindowsShare * 100).toFixed(1)} % of seconds`}
        </dd>
        <dt>Engine</dt>
        <dd>{host.engine}</dd>
      </dl>
      {envelope.missing.length === 0 ? null : (
        <ul className="missing">
          {envelope.missing.map((text) => (
            <li key={text}>
              <Icon of={TriangleAlert} size={14} className="c-tight" />
              {text}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
