import type { AdvisedRun, RunId } from "../../shared/domain/index.ts";
import { proofWord } from "../../shared/format/proof.ts";
import { countText } from "../../shared/format/words.ts";
import { client } from "../app/client.ts";
import { useAction } from "../app/use-action.ts";
import { useAnswer } from "../app/use-answer.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { DiffView } from "../ui/diff-view.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { Skeleton } from "../ui/skeleton.tsx";

interface AdviseDialogProps {
  runId: RunId;
  /** The target whose advice it is, by its place in the run. */
  target: number;
  open: boolean;
  onClose: () => void;
  onWritten: () => void;
}

/** Shows what the advice of a run changes in the stack's files, and writes it when that is wanted. */
export function AdviseDialog({ runId, target, open, onClose, onWritten }: AdviseDialogProps) {
  const shown = useAnswer(`${open} ${runId} ${target}`, (signal) =>
    open ? client.runs.advise({ runId, target, write: false }, { signal }) : Promise.resolve(null),
  );
  const write = useAction(async () => {
    await client.runs.advise({ runId, target, write: true });
    onWritten();
  });
  const advised = shown.value;
  const isNothing = advised !== null && advised.taken.length === 0;
  return (
    <Dialog
      title="What will be written"
      open={open}
      onClose={onClose}
      wide
      footer={
        <>
          <Button onClick={onClose}>{isNothing ? "Close" : "Leave it as it is"}</Button>
          <Button
            look="primary"
            disabled={advised === null || isNothing || write.busy}
            onClick={() => void write.run()}
          >
            {write.busy ? "Writing" : "Write it"}
          </Button>
        </>
      }
    >
      {shown.failure === null ? null : <FailureNote failure={shown.failure} />}
      {write.failure === null ? null : <FailureNote failure={write.failure} />}
      {advised === null && shown.failure === null ? <Skeleton width={320} height={14} /> : null}
      {advised === null ? null : (
        <>
          <DiffView files={advised.files} />
          <p className="small muted">{summaryText(advised)}</p>
          <p className="small muted">{proofText(advised)}</p>
          {advised.left.length === 0 ? null : (
            <ul className="advise-left small">
              {advised.left.map(({ advice, reason }) => (
                <li key={`${advice.service} ${advice.key}`}>
                  <b>
                    {advice.service} {advice.key}: {advice.proposed}
                  </b>{" "}
                  {reason}
                </li>
              ))}
            </ul>
          )}
        </>
      )}
    </Dialog>
  );
}

function summaryText({ taken, left }: AdvisedRun): string {
  const rest = left.length === 0 ? "" : ` ${countText(left.length, "setting")} cannot be written without you:`;
  if (taken.length === 0) return `Nothing is changed: the file says so already.${rest}`;
  return `${countText(taken.length, "setting")}. Comments and the rest of the file stay as they are.${rest}`;
}

function proofText({ proof }: AdvisedRun): string {
  return proof === null ? "No run under these limits has proven them yet." : `${proofWord(proof)}. ${proof.reason}`;
}
