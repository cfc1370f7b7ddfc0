import { useState } from "react";
import { baselineNameSchema } from "../../shared/domain/index.ts";
import { countText } from "../../shared/format/words.ts";
import { client } from "../app/client.ts";
import { useAction } from "../app/use-action.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { TextField } from "../ui/field.tsx";
import type { RunGroup } from "./run-groups.ts";

interface RunDialogProps {
  group: RunGroup;
  onClose: () => void;
  onDone: () => void;
}

/** Asks for the name that a run or series is compared by from now on. */
export function BaselineDialog({ group, onClose, onDone }: RunDialogProps) {
  const [name, setName] = useState(group.runs[0]?.stackName ?? "");
  const problem = name === "" ? null : (baselineNameSchema.safeParse(name).error?.issues[0]?.message ?? null);
  const set = useAction(async () => {
    await client.runs.setBaseline({ name, names: [group.name] });
    onDone();
  });
  return (
    <Dialog
      title="Set as baseline"
      open={true}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" disabled={name === "" || problem !== null || set.busy} onClick={() => void set.run()}>
            Set baseline
          </Button>
        </>
      }
    >
      <TextField
        label="Name"
        value={name}
        onChange={setName}
        problem={problem}
        hint="Takes the place of a baseline of the same name. `bayplan compare --baseline` takes it, too."
      />
      {set.failure === null ? null : <FailureNote failure={set.failure} />}
    </Dialog>
  );
}

/** Asks before runs are removed for good. */
export function RemoveDialog({ group, onClose, onDone }: RunDialogProps) {
  const remove = useAction(async () => {
    for (const { id } of group.runs) await client.runs.remove({ runId: id });
    onDone();
  });
  const what = group.series ? `${countText(group.runs.length, "run")} of one series` : "This run";
  return (
    <Dialog
      title={group.series ? "Remove the series" : "Remove the run"}
      open={true}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Keep</Button>
          <Button look="danger-solid" disabled={remove.busy} onClick={() => void remove.run()}>
            Remove
          </Button>
        </>
      }
    >
      <p>
        {what} of {group.runs[0]?.stackName}, with samples and verdict. This cannot be undone; export it first to keep a
        copy.
      </p>
      {remove.failure === null ? null : <FailureNote failure={remove.failure} />}
    </Dialog>
  );
}
