import { useState } from "react";
import type { Device } from "../../shared/domain/index.ts";
import { client } from "../app/client.ts";
import { showDevice } from "../app/devices-store.ts";
import { useAction } from "../app/use-action.ts";
import { Button } from "../ui/button.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { TextField } from "../ui/field.tsx";

/** Until when Bayplan has a password. */
export type Kept = "os" | "session";

interface SetUserFormProps {
  device: Device;
  /** Told once a password was taken: by then the form may be gone, since the device is asked anew. */
  onKept: (kept: Kept) => void;
}

/** Asks who logs in, and with which password where no key is accepted, when the device refused what was tried. */
export function SetUserForm({ device, onKept }: SetUserFormProps) {
  const [user, setUser] = useState(device.target.user);
  const [password, setPassword] = useState("");
  const save = useAction(async () => {
    const who = { deviceId: device.id, user: user.trim() };
    if (password === "") {
      showDevice(await client.devices.setUser(who));
      return;
    }
    const answer = await client.devices.setPassword({ ...who, password });
    // It is not needed here any more, whatever the device says to it.
    setPassword("");
    onKept(answer.kept);
    showDevice(answer.device);
  });
  return (
    <form
      className="set-user"
      onSubmit={(event) => {
        event.preventDefault();
        if (user.trim() !== "") void save.run();
      }}
    >
      <TextField
        label="User name"
        value={user}
        onChange={setUser}
        hint="Keys of your SSH agent and of ~/.ssh are tried first."
      />
      <TextField
        label="Password"
        type="password"
        value={password}
        onChange={setPassword}
        hint="Leave it empty to log in with a key. It stays with Bayplan and is never shown again."
      />
      <Button look="primary" type="submit" disabled={save.busy || user.trim() === ""}>
        {save.busy ? "Logging in" : "Log in"}
      </Button>
      {save.failure === null ? null : <FailureNote failure={save.failure} />}
    </form>
  );
}
