import { CircleCheck, CircleQuestionMark, OctagonX } from "lucide-react";
import { Link, useLocation } from "wouter";
import type { Proof, RunRecord, TargetResult } from "../../shared/domain/index.ts";
import { proofWord } from "../../shared/format/proof.ts";
import { client } from "../app/client.ts";
import { paths } from "../app/paths.ts";
import { useAction } from "../app/use-action.ts";
import { Button } from "../ui/button.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { Pill } from "../ui/pill.tsx";

interface ProofPanelProps {
  record: RunRecord;
  /** The target whose limits they are, by its place in the run. */
  index: number;
  result: TargetResult;
}

function ProofPill({ proof }: { proof: Proof }) {
  if (proof.passed === null) return <Pill tone="unknown" icon={CircleQuestionMark} text={proofWord(proof)} />;
  return proof.passed ? (
    <Pill tone="fits" icon={CircleCheck} text={proofWord(proof)} />
  ) : (
    <Pill tone="over" icon={OctagonX} text={proofWord(proof)} />
  );
}

function Outcome({ proof }: { proof: Proof }) {
  return (
    <>
      <ProofPill proof={proof} />
      {proof.tooSmall.length === 0 ? (
        <p className="small">{proof.reason}</p>
      ) : (
        <ul className="proof-small small">
          {proof.tooSmall.map(({ service, key, value, reason }) => (
            <li key={`${service} ${key}`}>
              <b className="strong">
                {service} {key}: {value}
              </b>{" "}
              is too small. {reason}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

/** Whether a run under the advised limits has shown that they do, and the way to make one; in such a run, what it showed. */
export function ProofPanel({ record, index, result }: ProofPanelProps) {
  const [, navigate] = useLocation();
  const prove = useAction(async () => {
    const { id } = await client.runs.prove({ runId: record.id, target: index });
    navigate(paths.run(id));
  });
  const { proof } = result;
  const { proves } = record;
  if (proof === null && result.advice.length === 0) return null;
  return (
    <section className="panel" aria-label="Proof">
      <header>
        <h2>Proof</h2>
        <span className="muted small">{proves === null ? "a run under the advised limits" : "of advised limits"}</span>
        {proves === null ? (
          <span className="advice-acts">
            <Button disabled={prove.busy} onClick={() => void prove.run()}>
              {prove.busy ? "Starting" : proof === null ? "Prove these limits" : "Prove again"}
            </Button>
          </span>
        ) : null}
      </header>
      <div className="proof">
        {proof === null ? (
          <p className="small muted">
            Not proven. The stack runs once more with these limits in force, and the file stays as it is.
          </p>
        ) : (
          <Outcome proof={proof} />
        )}
        {prove.failure === null ? null : <FailureNote failure={prove.failure} />}
        {proves === null && proof !== null ? (
          <Link href={paths.run(proof.runId)}>Show the run that says so</Link>
        ) : null}
        {proves === null ? null : <Link href={paths.run(proves.runId)}>Show the run that advised them</Link>}
      </div>
    </section>
  );
}
