import { Radio, SquareTerminal } from "lucide-react";
import type { Device } from "../../shared/domain/index.ts";
import { retryDevice } from "../app/device-actions/device-calls.ts";
import { useAction } from "../app/use-action.ts";
import { servicesText } from "../format/service.ts";
import { Button } from "../ui/button.tsx";
import { Pill } from "../ui/pill.tsx";
import { CardHead } from "./card-head.tsx";

/** A machine that nobody has asked yet: how it is known, and the one question. */
export function HeardCard({ device }: { device: Device }) {
  const ask = useAction(() => retryDevice(device));
  const isWritten = device.sources.includes("ssh-config");
  return (
    <article className="panel card dev fresh">
      <CardHead
        device={device}
        plain={true}
        pill={
          isWritten ? <Pill icon={SquareTerminal} text="In your SSH config" /> : <Pill icon={Radio} text="Neighbour" />
        }
      />
      <dl className="reasons">
        <dt>Known by</dt>
        <dd className="two">
          {isWritten ? `Host ${device.sshAlias ?? device.name} in ~/.ssh/config` : servicesText(device.services)}
        </dd>
        {device.announcedModel === null ? null : (
          <>
            <dt>Model</dt>
            <dd className="clip">{device.announcedModel}</dd>
          </>
        )}
        <dt>Now</dt>
        <dd className={`two ${ask.failure === null ? "" : "c-over"}`} aria-live="polite">
          {ask.failure?.message ?? "Not asked: nothing is sent to it before you say so."}
        </dd>
      </dl>
      <div className="acts">
        <Button look={isWritten ? "primary" : "plain"} disabled={ask.busy} onClick={() => void ask.run()}>
          {isWritten ? `Connect as ${device.target.user}` : "Try SSH"}
        </Button>
      </div>
    </article>
  );
}
