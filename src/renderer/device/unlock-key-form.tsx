import { useState } from "react";
import type { Device } from "../../shared/domain/index.ts";
import { client } from "../app/client.ts";
import { showDevice } from "../app/devices-store.ts";
import { useAction } from "../app/use-action.ts";
import { Button } from "../ui/button.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { TextField } from "../ui/field.tsx";
import type { Kept } from "./set-user-form.tsx";

interface UnlockKeyFormProps {
  device: Device;
  /** The key file of this machine that was not tried. */
  path: string;
  /** Told once the passphrase was taken: by then the form may be gone, since the device is asked anew. */
  onKept: (kept: Kept) => void;
}

/** Asks for the passphrase of a key that the device was not tried with. */
export function UnlockKeyForm({ device, path, onKept }: UnlockKeyFormProps) {
  const [passphrase, setPassphrase] = useState("");
  const unlock = useAction(async () => {
    const answer = await client.devices.unlockKey({ deviceId: device.id, path, passphrase });
    // It is not needed here any more, whatever the device says to the key.
    setPassphrase("");
    onKept(answer.kept);
    showDevice(answer.device);
  });
  return (
    <form
      className="set-user"
      onSubmit={(event) => {
        event.preventDefault();
        if (passphrase !== "") void unlock.run();
      }}
    >
      <TextField
        label={`Passphrase of ${path.split(/[/\\]/).at(-1)}`}
        type="password"
        value={passphrase}
        onChange={setPassphrase}
        hint={`The key ${path} was not tried. Its passphrase stays with Bayplan and is never shown again.`}
      />
      <Button type="submit" disabled={unlock.busy || passphrase === ""}>
        {unlock.busy ? "Opening the key" : "Open the key"}
      </Button>
      {unlock.failure === null ? null : <FailureNote failure={unlock.failure} />}
    </form>
  );
}
