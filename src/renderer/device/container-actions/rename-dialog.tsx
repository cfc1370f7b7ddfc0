import { useId, useState } from "react";
import type { Container, Device } from "../../../shared/domain/index.ts";
import { useAction } from "../../app/use-action.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { FailureNote } from "../../ui/failure-note.tsx";
import { TextField } from "../../ui/field.tsx";
import { renameContainer } from "./container-calls.ts";

interface RenameDialogProps {
  device: Device;
  container: Container;
  open: boolean;
  onClose: () => void;
}

/** Asks for a container's new name. */
export function RenameDialog({ device, container, open, onClose }: RenameDialogProps) {
  const form = useId();
  const [name, setName] = useState(container.name);
  const wanted = name.trim();
  const rename = useAction(async () => {
    await renameContainer(device, container, wanted);
    onClose();
  });
  return (
    <Dialog
      title={`Rename ${container.name}`}
      open={open}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Leave it</Button>
          <Button
            look="primary"
            type="submit"
            form={form}
            disabled={rename.busy || wanted === "" || wanted === container.name}
          >
            {rename.busy ? "Renaming" : "Rename"}
          </Button>
        </>
      }
    >
      <form
        id={form}
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          void rename.run();
        }}
      >
        <TextField
          label="New name"
          value={name}
          onChange={setName}
          hint={
            container.stack === null
              ? "Letters, digits, dots, dashes and underscores."
              : `It stays a part of ${container.stack}; compose goes on finding it by its labels.`
          }
        />
      </form>
      {rename.failure === null ? null : <FailureNote failure={rename.failure} />}
    </Dialog>
  );
}
