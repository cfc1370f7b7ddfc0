import { KeyRound } from "lucide-react";
import type { Device } from "../../shared/domain/index.ts";
import { timeOfDay } from "../../shared/format/time.ts";
import { forgetDevice, trustDevice } from "../app/device-actions/device-calls.ts";
import { useAction } from "../app/use-action.ts";
import { Button } from "../ui/button.tsx";
import { Pill } from "../ui/pill.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { CardHead } from "./card-head.tsx";

/** A machine that nobody agreed to yet: its fingerprint and one question. */
export function NewCard({ device }: { device: Device }) {
  const offered = device.hostKey.offered;
  const trust = useAction((fingerprint: string) => trustDevice(device, fingerprint));
  const dismiss = useAction(() => forgetDevice(device));
  const failure = trust.failure ?? dismiss.failure;
  return (
    <article className="panel card dev fresh">
      <CardHead device={device} plain={true} pill={<Pill tone="accent" icon={KeyRound} text="New" />} />
      {offered === null ? (
        <>
          <p className="ask">
            <b>Reading its key</b>
          </p>
          <Skeleton width="100%" height={36} />
          <p className="small muted">
            {device.trouble?.message ?? "It was seen on the network and has not answered yet."}
          </p>
        </>
      ) : (
        <>
          <p className="ask clip">
            <b>Trust this key?</b> {offered.type.replace(/^ssh-/, "").toUpperCase()}, seen{" "}
            {timeOfDay(device.stateSinceMs, "minutes")}
          </p>
          <p className="fingerprint">{offered.fingerprint}</p>
          <p className={`small clip ${failure === null ? "muted" : "c-over"}`} aria-live="polite">
            {failure?.message ?? "Compare it with the console of the device."}
          </p>
        </>
      )}
      <div className="acts">
        <Button
          look="primary"
          disabled={offered === null || trust.busy}
          onClick={() => (offered === null ? undefined : void trust.run(offered.fingerprint))}
        >
          Trust and add
        </Button>
        <Button disabled={dismiss.busy} onClick={() => void dismiss.run()}>
          Not mine
        </Button>
      </div>
    </article>
  );
}
