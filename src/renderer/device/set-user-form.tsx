import { useState } from "react";
import type { Device } from "../../shared/domain/index.ts";
import { client } from "../app/client.ts";
import { showDevice } from "../app/devices-store.ts";
import { useAction } from "../app/use-action.ts";
import { Button } from "../ui/button.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { TextField } from "../ui/field.tsx";

/** Asks who logs in, when the device refused the user that was tried. */
export function SetUserForm({ device }: { device: Device }) {
  const [user, setUser] = useState("");
  const save = useAction(async () => {
    showDevice(await client.devices.setUser({ deviceId: device.id, user: user.trim() }));
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
        placeholder={device.target.user}
        hint="Its key must be in your SSH agent or in ~/.ssh."
      />
      <Button look="primary" type="submit" disabled={save.busy || user.trim() === ""}>
        {save.busy ? "Logging in" : "Log in"}
      </Button>
      {save.failure === null ? null : <FailureNote failure={save.failure} />}
    </form>
  );
}
