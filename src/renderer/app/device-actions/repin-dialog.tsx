import { useState } from "react";
import type { Device } from "../../../shared/domain/index.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { FailureNote } from "../../ui/failure-note.tsx";
import { useAction } from "../use-action.ts";
import { forgetDevice, repinDevice } from "./device-calls.ts";

/** Both keys side by side with the board's serial number, and the consent in so many words. */
export function RepinDialog({ device, open, onClose }: { device: Device; open: boolean; onClose: () => void }) {
  const [agreed, setAgreed] = useState(false);
  const { pinned, offered } = device.hostKey;
  const repin = useAction(async () => {
    if (pinned === null || offered === null) return;
    await repinDevice(device, pinned.fingerprint, offered.fingerprint);
    onClose();
  });
  const forget = useAction(() => forgetDevice(device));
  const failure = repin.failure ?? forget.failure;
  return (
    <Dialog
      title={`${device.name} shows another key`}
      open={open}
      onClose={onClose}
      footer={
        <>
          <Button look="ghost" disabled={forget.busy} onClick={() => void forget.run()}>
            Forget the device
          </Button>
          <span className="push" />
          <Button onClick={onClose}>Leave it closed</Button>
          <Button
            look="danger-solid"
            disabled={!agreed || pinned === null || offered === null || repin.busy}
            onClick={() => void repin.run()}
          >
            Trust the new key
          </Button>
        </>
      }
    >
      <p>
        Read the fingerprint on the device itself, for example with{" "}
        <code>ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub</code> at its console. Only when it is the one under
        “Now” is this your device.
      </p>
      <div className="keys">
        <h3>Trusted so far</h3>
        <p className="fingerprint">{pinned === null ? "none" : `${pinned.type} ${pinned.fingerprint}`}</p>
        <h3>Now</h3>
        <p className="fingerprint">{offered === null ? "not read yet" : `${offered.type} ${offered.fingerprint}`}</p>
      </div>
      <dl className="kv">
        <dt>Address</dt>
        <dd>
          {device.target.user}@{device.target.host}:{device.target.port}
        </dd>
        <dt>Board serial, when it was last trusted</dt>
        <dd className="mono">{device.facts?.boardSerial ?? "not known"}</dd>
      </dl>
      <label className="agree">
        <input type="checkbox" checked={agreed} onChange={(event) => setAgreed(event.target.checked)} />
        <span>I compared the new fingerprint with the device itself.</span>
      </label>
      {failure === null ? null : <FailureNote failure={failure} />}
    </Dialog>
  );
}
