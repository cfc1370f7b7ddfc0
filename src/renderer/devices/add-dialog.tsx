import { useState } from "react";
import { useLocation } from "wouter";
import { addDevice } from "../app/device-actions/device-calls.ts";
import { paths } from "../app/paths.ts";
import { useAction } from "../app/use-action.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { TextField } from "../ui/field.tsx";
import { parseAddress } from "./ssh-address.ts";

/** Adds a device that does not announce itself: one line as ssh users write it. */
export function AddDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const [address, setAddress] = useState("");
  const [name, setName] = useState("");
  const [pressed, setPressed] = useState(false);
  const [, navigate] = useLocation();
  const parsed = parseAddress(address);
  const add = useAction(async () => {
    if (!parsed.ok) return;
    await addDevice(parsed.target, name.trim() === "" ? null : name.trim());
    navigate(paths.devices);
    close();
  });
  function close(): void {
    setAddress("");
    setName("");
    setPressed(false);
    add.clear();
    onClose();
  }
  function submit(event: { preventDefault: () => void }): void {
    event.preventDefault();
    setPressed(true);
    if (parsed.ok) void add.run();
  }
  return (
    <Dialog
      title="Add by address"
      open={open}
      onClose={close}
      footer={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button look="primary" type="submit" form="add-device" disabled={add.busy}>
            {add.busy ? "Connecting" : "Connect"}
          </Button>
        </>
      }
    >
      <form id="add-device" className="form" onSubmit={submit}>
        <TextField
          label="Address"
          value={address}
          onChange={setAddress}
          placeholder="pi@192.168.1.20"
          hint="user@host, or user@host:port. It needs SSH and a container engine, nothing else."
          problem={pressed && !parsed.ok ? parsed.problem : null}
          autoFocus={true}
        />
        <TextField
          label="Name"
          value={name}
          onChange={setName}
          placeholder="as the device calls itself"
          hint="Leave it empty to use its host name."
        />
      </form>
      {add.failure === null ? null : <FailureNote failure={add.failure} />}
    </Dialog>
  );
}
