import { useState } from "react";
import type { Device } from "../../shared/domain/index.ts";
import { client } from "../app/client.ts";
import { TextField } from "../ui/field.tsx";
import { type Kept, SecretForm } from "./secret-form.tsx";

interface UnlockKeyFormProps {
  device: Device;
  /** The key file of this machine that was not tried. */
  path: string;
  onKept: (kept: Kept) => void;
}

/** Asks for the passphrase of a key that the device was not tried with. */
export function UnlockKeyForm({ device, path, onKept }: UnlockKeyFormProps) {
  const [passphrase, setPassphrase] = useState("");
  return (
    <SecretForm
      send={() => client.devices.unlockKey({ deviceId: device.id, path, passphrase })}
      clear={() => setPassphrase("")}
      onKept={onKept}
      ready={passphrase !== ""}
      verb="Open the key"
      busyVerb="Opening the key"
    >
      <TextField
        label={`Passphrase of ${path.split(/[/\\]/).at(-1)}`}
        type="password"
        value={passphrase}
        onChange={setPassphrase}
        hint={`The key ${path} was not tried. Its passphrase stays with Bayplan and is never shown again.`}
      />
    </SecretForm>
  );
}
