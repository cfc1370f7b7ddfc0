import { useState } from "react";
import type { Device } from "../../shared/domain/index.ts";
import { client } from "../app/client.ts";
import { TextField } from "../ui/field.tsx";
import { type Kept, SecretForm } from "./secret-form.tsx";

/** Asks who logs in, and with which password where no key is accepted, when the device refused what was tried. */
export function SetUserForm({ device, onKept }: { device: Device; onKept: (kept: Kept) => void }) {
  const [user, setUser] = useState(device.target.user);
  const [password, setPassword] = useState("");
  async function send(): Promise<{ device: Device; kept: Kept | null }> {
    const who = { deviceId: device.id, user: user.trim() };
    if (password === "") return { device: await client.devices.setUser(who), kept: null };
    return client.devices.setPassword({ ...who, password });
  }
  return (
    <SecretForm
      send={send}
      clear={() => setPassword("")}
      onKept={onKept}
      ready={user.trim() !== ""}
      verb="Log in"
      busyVerb="Logging in"
      primary
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
    </SecretForm>
  );
}
