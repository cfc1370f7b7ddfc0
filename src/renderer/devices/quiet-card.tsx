import { KeyRound, RefreshCw, Unplug } from "lucide-react";
import { useLocation } from "wouter";
import type { Device } from "../../shared/domain/index.ts";
import { ageText } from "../../shared/format/time.ts";
import { retryDevice } from "../app/device-actions/device-calls.ts";
import { paths } from "../app/paths.ts";
import { useAction } from "../app/use-action.ts";
import { useNow } from "../app/use-now.ts";
import { deviceStateWord } from "../format/device-state.ts";
import { Button } from "../ui/button.tsx";
import { Pill } from "../ui/pill.tsx";
import { CardHead } from "./card-head.tsx";
import { WhyList } from "./why-list.tsx";

interface QuietCardProps {
  device: Device;
  kind: "offline" | "refused" | "connecting";
}

/** A device that gives no live figures now: when it last did, what happens, and the way on. */
export function QuietCard({ device, kind }: QuietCardProps) {
  const now = useNow(1_000);
  const [, navigate] = useLocation();
  const retry = useAction(() => retryDevice(device));
  const pill =
    kind === "offline" ? (
      <Pill icon={Unplug} text={`${deviceStateWord(device)} ${ageText(now - device.stateSinceMs)}`} />
    ) : kind === "refused" ? (
      <Pill tone="tight" icon={KeyRound} text="Login refused" />
    ) : undefined;
  return (
    <article className={`panel card dev ${kind === "offline" ? "offline" : ""}`}>
      <CardHead device={device} pill={pill} />
      <WhyList
        device={device}
        failure={retry.failure ?? device.trouble}
        otherwise={kind === "connecting" ? "Connecting over SSH" : "It does not answer"}
      />
      <div className="acts">
        {kind === "refused" ? (
          <Button look="primary" onClick={() => navigate(paths.device(device.id))}>
            Set the user name
          </Button>
        ) : kind === "offline" ? (
          <Button icon={RefreshCw} disabled={retry.busy} onClick={() => void retry.run()}>
            {retry.busy ? "Trying" : "Try now"}
          </Button>
        ) : null}
      </div>
    </article>
  );
}
