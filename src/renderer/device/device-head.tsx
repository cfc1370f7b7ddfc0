import { Ellipsis, RefreshCw, Thermometer, Trash2 } from "lucide-react";
import { useState } from "react";
import type { Device } from "../../shared/domain/index.ts";
import { bytesText } from "../../shared/format/bytes.ts";
import { coresWithUnit } from "../../shared/format/cores.ts";
import { speedText } from "../../shared/format/speed.ts";
import { ageText, longAgeText } from "../../shared/format/time.ts";
import { client } from "../app/client.ts";
import { retryDevice } from "../app/device-actions/device-calls.ts";
import { ForgetDialog } from "../app/device-actions/forget-dialog.tsx";
import { useAction } from "../app/use-action.ts";
import { useAnswer } from "../app/use-answer.ts";
import { useNow } from "../app/use-now.ts";
import {
  deviceAddressText,
  deviceFamilyText,
  deviceGlyph,
  deviceKind,
  deviceStateWord,
} from "../format/device-state.ts";
import { engineText } from "../format/engine.ts";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import { Menu } from "../ui/menu.tsx";
import { StateGlyph } from "../ui/state-glyph.tsx";

function Facts({ device }: { device: Device }) {
  const now = useNow(30_000);
  const { facts, factsAtMs } = device;
  return (
    <ul className="facts">
      {deviceFamilyText(device) === null ? null : <li>{deviceFamilyText(device)}</li>}
      {facts?.model ? <li>{facts.model}</li> : null}
      <li>
        {device.target.user}@{deviceAddressText(device)}
      </li>
      {facts === null ? null : (
        <>
          <li>{[osText(facts), facts.arch].filter((part) => part !== null).join(", ")}</li>
          {device.engine === null ? null : <li>{engineText(device.engine)}</li>}
          <li>
            {coresWithUnit(facts.cpuCores)}, {bytesText(facts.memoryTotalBytes)}
          </li>
          {facts.diskFreeBytes !== null && facts.diskTotalBytes !== null ? (
            <li>
              {bytesText(facts.diskFreeBytes)} of {bytesText(facts.diskTotalBytes)} disk free
            </li>
          ) : null}
          <SpeedFact device={device} />
          {facts.cgroupVersion === null ? null : <li>cgroup v{facts.cgroupVersion}</li>}
          {facts.temperatureCelsius === null ? null : (
            <li>
              <Icon of={Thermometer} size={14} />
              {facts.temperatureCelsius.toFixed(0)} °C
            </li>
          )}
          {facts.uptimeSeconds === null || device.stale || factsAtMs === null ? null : (
            <li>up {longAgeText(facts.uptimeSeconds * 1000 + Math.max(0, now - factsAtMs))}</li>
          )}
          {device.stale && factsAtMs !== null ? (
            <li className="c-tight">as of {ageText(now - factsAtMs)} ago</li>
          ) : null}
        </>
      )}
    </ul>
  );
}

/** Its speed, where it was measured there; what the catalogue has of its board is no fact about it. */
function SpeedFact({ device: { id } }: { device: Device }) {
  const now = useNow(30_000);
  const book = useAnswer(id, (signal) => client.speed.book(undefined, { signal }));
  const speed = book.value?.devices.find(({ deviceId }) => deviceId === id);
  return speed === undefined ? null : <li>Speed: {speedText(speed, now)}</li>;
}

/** `balenaOS 6.0.24 (prod)`: the variant decides what may be done on it. */
function osText({ osName, osVariant }: NonNullable<Device["facts"]>): string | null {
  return osName === null || osVariant === null ? osName : `${osName} (${osVariant})`;
}

/** The name, its state and what the machine is. */
export function DeviceHead({ device }: { device: Device }) {
  const retry = useAction(() => retryDevice(device));
  const [forgetting, setForgetting] = useState(false);
  return (
    <header className="device-head">
      <div className="row">
        <StateGlyph shape={deviceGlyph(device)} />
        <h1 className="clip">{device.name}</h1>
        <span className={deviceKind(device) === "online" ? "muted" : "soft"}>{deviceStateWord(device)}</span>
        <span className="push" />
        <Button icon={RefreshCw} disabled={retry.busy} onClick={() => void retry.run()}>
          {device.state === "online" ? "Read again" : retry.busy ? "Trying" : "Try now"}
        </Button>
        <Menu
          label="More"
          icon={Ellipsis}
          entries={[{ label: "Forget", icon: Trash2, danger: true, onSelect: () => setForgetting(true) }]}
        />
      </div>
      <Facts device={device} />
      <ForgetDialog device={device} open={forgetting} onClose={() => setForgetting(false)} />
    </header>
  );
}
