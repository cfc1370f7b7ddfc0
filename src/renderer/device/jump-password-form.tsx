import { useState } from "react";
import type { Device, SshTarget } from "../../shared/domain/index.ts";
import { client } from "../app/client.ts";
import { showDevice } from "../app/devices-store.ts";
import { useAction } from "../app/use-action.ts";
import { Button } from "../ui/button.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { TextField } from "../ui/field.tsx";
import type { Kept } from "./secret-form.tsx";

interface JumpPasswordFormProps {
  device: Device;
  /** The host that asks: it stands before the device, and the device itself is not asked yet. */
  jump: SshTarget;
  /** Told once the password was taken: by then the form may be gone, since the device is asked anew. */
  onKept: (kept: Kept) => void;
}

/** Asks for the password of the jump host before a device, and says whose it is. */
export function JumpPasswordForm({ device, jump, onKept }: JumpPasswordFormProps) {
  const [password, setPassword] = useState("");
  const save = useAction(async () => {
    const answer = await client.devices.setJumpPassword({ deviceId: device.id, jump, password });
    // It is not needed here any more, whatever the jump host says to it.
    setPassword("");
    onKept(answer.kept);
    showDevice(answer.device);
  });
  return (
    <form
      className="set-user"
      onSubmit={(event) => {
        event.preventDefault();
        if (password !== "") void save.run();
      }}
    >
      <TextField
        label={`Password of ${jump.user} on the jump host ${jump.host}`}
        type="password"
        value={password}
        onChange={setPassword}
        hint={`It is for ${jump.host} alone, and ${device.name} is never given it. It stays with Bayplan and is never shown again.`}
      />
      <Button look="primary" type="submit" disabled={save.busy || password === ""}>
        {save.busy ? "Logging in" : "Log in"}
      </Button>
      {save.failure === null ? null : <FailureNote failure={save.failure} />}
    </form>
  );
}
