import type { ReactNode } from "react";
import type { Device } from "../../shared/domain/index.ts";
import { showDevice } from "../app/devices-store.ts";
import { useAction } from "../app/use-action.ts";
import { Button } from "../ui/button.tsx";
import { FailureNote } from "../ui/failure-note.tsx";

/** Until when Bayplan has a secret. */
export type Kept = "os" | "session";

interface SecretFormProps {
  /** Sends what was typed; `kept` null: there was no secret in it. */
  send: () => Promise<{ device: Device; kept: Kept | null }>;
  /** Empties the field of the secret. */
  clear: () => void;
  /** Told once the secret was taken: by then the form may be gone, since the device is asked anew. */
  onKept: (kept: Kept) => void;
  ready: boolean;
  verb: string;
  busyVerb: string;
  primary?: boolean;
  children: ReactNode;
}

/** A form that gives Bayplan what a device is logged in to with, and lets go of it once it was taken. */
export function SecretForm({ send, clear, onKept, ready, verb, busyVerb, primary = false, children }: SecretFormProps) {
  const save = useAction(async () => {
    const { device, kept } = await send();
    // It is not needed here any more, whatever the device says to it.
    clear();
    if (kept !== null) onKept(kept);
    showDevice(device);
  });
  return (
    <form
      className="set-user"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) void save.run();
      }}
    >
      {children}
      <Button look={primary ? "primary" : "plain"} type="submit" disabled={save.busy || !ready}>
        {save.busy ? busyVerb : verb}
      </Button>
      {save.failure === null ? null : <FailureNote failure={save.failure} />}
    </form>
  );
}
