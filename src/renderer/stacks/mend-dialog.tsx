import type { CheckFinding, CheckResult, CheckTarget } from "../../shared/domain/index.ts";
import { client } from "../app/client.ts";
import { useAction } from "../app/use-action.ts";
import { useAnswer } from "../app/use-answer.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { DiffView } from "../ui/diff-view.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { Skeleton } from "../ui/skeleton.tsx";

interface MendDialogProps {
  file: string;
  target: CheckTarget;
  /** The one finding that is mended; null: all that can be. */
  only: CheckFinding | null;
  open: boolean;
  onClose: () => void;
  /** Told once the file was written. */
  onMended: () => void;
}

/** Shows what mending would change, line by line, and writes it when that is wanted. */
export function MendDialog({ file, target, only: finding, open, onClose, onMended }: MendDialogProps) {
  const place = finding?.place ?? null;
  const only = finding === null || place === null ? null : { rule: finding.rule, file: place.file, line: place.line };
  const shown = useAnswer(`${open} ${file} ${target} ${JSON.stringify(only)}`, (signal) =>
    open ? client.stacks.check({ file, target, device: null, fix: "show", only }, { signal }) : Promise.resolve(null),
  );
  const write = useAction(async () => {
    await client.stacks.check({ file, target, device: null, fix: "write", only });
    onClose();
    onMended();
  });
  const fixes = shown.value?.fixes ?? null;
  return (
    <Dialog
      title="What will be changed"
      open={open}
      onClose={onClose}
      wide
      footer={
        <>
          <Button onClick={onClose}>Leave it as it is</Button>
          <Button
            look="primary"
            disabled={fixes === null || fixes.fixed === 0 || write.busy}
            onClick={() => void write.run()}
          >
            {write.busy ? "Writing" : "Write it"}
          </Button>
        </>
      }
    >
      {shown.failure === null ? null : <FailureNote failure={shown.failure} />}
      {write.failure === null ? null : <FailureNote failure={write.failure} />}
      {fixes === null && shown.failure === null ? <Skeleton width={320} height={14} /> : null}
      {fixes === null ? null : <DiffView files={fixes.files} />}
      {fixes === null ? null : <p className="small muted">{summaryText(fixes, finding)}</p>}
    </Dialog>
  );
}

function summaryText({ fixed, left }: NonNullable<CheckResult["fixes"]>, only: CheckFinding | null): string {
  const isOnly = ({ rule, place }: CheckFinding) =>
    only === null || (rule === only.rule && place?.file === only.place?.file && place?.line === only.place?.line);
  if (fixed === 0) return `Nothing is changed. ${left.find(({ finding }) => isOnly(finding))?.reason ?? ""}`;
  const settled = fixed === 1 ? "One finding is" : `${fixed} findings are`;
  const rest = only === null && left.length > 0 ? ` ${left.length} cannot be mended without a decision.` : "";
  return `${settled} settled by it. Comments and the rest of the file stay as they are.${rest}`;
}
