import type { Device } from "../../../shared/domain/index.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { FailureNote } from "../../ui/failure-note.tsx";
import { useAction } from "../use-action.ts";
import { forgetDevice } from "./device-calls.ts";

/** Asks before a device and its pinned key are forgotten. */
export function ForgetDialog({ device, open, onClose }: { device: Device; open: boolean; onClose: () => void }) {
  const forget = useAction(() => forgetDevice(device));
  return (
    <Dialog
      title={`Forget ${device.name}?`}
      open={open}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Keep it</Button>
          <Button look="danger-solid" disabled={forget.busy} onClick={() => void forget.run()}>
            Forget
          </Button>
        </>
      }
    >
      <p>
        Its pinned key goes too. When it is seen again it comes back as new, and you compare its fingerprint once more.
        Nothing on the device changes.
      </p>
      {forget.failure === null ? null : <FailureNote failure={forget.failure} />}
    </Dialog>
  );
}
