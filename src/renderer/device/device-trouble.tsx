import { KeyRound } from "lucide-react";
import { useState } from "react";
import type { Device, Failure } from "../../shared/domain/index.ts";
import { retryDevice, trustDevice } from "../app/device-actions/device-calls.ts";
import { RepinDialog } from "../app/device-actions/repin-dialog.tsx";
import { useAction } from "../app/use-action.ts";
import { deviceKind, deviceStateWord } from "../format/device-state.ts";
import { servicesText } from "../format/service.ts";
import { Button } from "../ui/button.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { Icon } from "../ui/icon.tsx";
import { JumpPasswordForm } from "./jump-password-form.tsx";
import type { Kept } from "./secret-form.tsx";
import { SetUserForm } from "./set-user-form.tsx";
import { UnlockKeyForm } from "./unlock-key-form.tsx";

function said(device: Device): Failure {
  return (
    device.trouble ?? {
      code: "unreachable",
      message: `${device.name}: ${deviceStateWord(device).toLowerCase()}.`,
      hint: null,
    }
  );
}

function NewKey({ device }: { device: Device }) {
  const offered = device.hostKey.offered;
  const trust = useAction((fingerprint: string) => trustDevice(device, fingerprint));
  return (
    <section className="panel trouble">
      <h2 className="row">
        <Icon of={KeyRound} />
        Trust this key?
      </h2>
      <p className="soft">Compare it with the console of the device. Until then nothing is read from it.</p>
      <p className="fingerprint">{offered === null ? "Reading its key" : `${offered.type} ${offered.fingerprint}`}</p>
      <div>
        <Button
          look="primary"
          disabled={offered === null || trust.busy}
          onClick={() => (offered === null ? undefined : void trust.run(offered.fingerprint))}
        >
          Trust and add
        </Button>
      </div>
      {trust.failure === null ? null : <FailureNote failure={trust.failure} />}
    </section>
  );
}

/** A machine that is only known of: whether it is asked is a person's choice. */
function NotAsked({ device }: { device: Device }) {
  const ask = useAction(() => retryDevice(device));
  return (
    <section className="panel trouble">
      <h2 className="row">Not asked yet</h2>
      <p className="soft">
        {device.sshAlias === null
          ? `${servicesText(device.services)}, and not that it has SSH.`
          : `It stands in ~/.ssh/config as ${device.sshAlias}.`}{" "}
        Nothing is sent to it before you say so.
      </p>
      <div>
        <Button look="primary" disabled={ask.busy} onClick={() => void ask.run()}>
          Connect as {device.target.user}
        </Button>
      </div>
      {ask.failure === null ? null : <FailureNote failure={ask.failure} />}
    </section>
  );
}

type Secret = "password" | "jump password" | "passphrase";

const keptWords: Record<Secret, Record<Kept, string>> = {
  password: {
    os: "Its password is kept in this system's keychain.",
    session: "Its password is kept until Bayplan ends.",
  },
  "jump password": {
    os: "The password of the jump host is kept in this system's keychain.",
    session: "The password of the jump host is kept until Bayplan ends.",
  },
  passphrase: {
    os: "The passphrase of your key is kept in this system's keychain.",
    session: "The passphrase of your key is kept until Bayplan ends.",
  },
};

function LockedKeys({ device, onKept }: { device: Device; onKept: (kept: Kept) => void }) {
  return (device.lockedKeys ?? []).map((path) => (
    <UnlockKeyForm key={path} device={device} path={path} onKept={onKept} />
  ));
}

/** What stands between a person and the device, with the way past it; nothing while all is well. */
export function DeviceTrouble({ device }: { device: Device }) {
  const [comparing, setComparing] = useState(false);
  const [kept, setKept] = useState<{ secret: Secret; how: Kept } | null>(null);
  const kind = deviceKind(device);
  if (kind === "heard") return <NotAsked device={device} />;
  if (kind === "new") return <NewKey device={device} />;
  if (kind === "changed-key") {
    return (
      <FailureNote failure={said(device)}>
        <div className="note-acts">
          <Button onClick={() => setComparing(true)}>Compare the keys</Button>
        </div>
        <RepinDialog device={device} open={comparing} onClose={() => setComparing(false)} />
      </FailureNote>
    );
  }
  if (kind === "refused") {
    return (
      <FailureNote failure={said(device)} tone="tight">
        <LockedKeys device={device} onKept={(how) => setKept({ secret: "passphrase", how })} />
        <SetUserForm device={device} onKept={(how) => setKept({ secret: "password", how })} />
      </FailureNote>
    );
  }
  if (device.trouble?.code === "auth-failed") {
    return (
      <FailureNote failure={device.trouble} tone="tight">
        <LockedKeys device={device} onKept={(how) => setKept({ secret: "passphrase", how })} />
        {device.askingJump === undefined ? null : (
          <JumpPasswordForm
            device={device}
            jump={device.askingJump}
            onKept={(how) => setKept({ secret: "jump password", how })}
          />
        )}
      </FailureNote>
    );
  }
  const isTroubled = device.trouble !== null || kind === "offline" || device.state === "engine-down";
  return (
    <>
      {kept === null ? null : (
        <p className="soft" role="status">
          {keptWords[kept.secret][kept.how]}
        </p>
      )}
      {isTroubled ? <FailureNote failure={said(device)} tone="tight" /> : null}
    </>
  );
}
