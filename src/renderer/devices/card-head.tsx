import { Ellipsis, ExternalLink, RefreshCw, Trash2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Link, useLocation } from "wouter";
import type { Device } from "../../shared/domain/index.ts";
import { retryDevice } from "../app/device-actions/device-calls.ts";
import { ForgetDialog } from "../app/device-actions/forget-dialog.tsx";
import { paths } from "../app/paths.ts";
import {
  deviceAddressText,
  deviceFamilyText,
  deviceGlyph,
  deviceModelText,
  deviceStateWord,
} from "../format/device-state.ts";
import { engineText } from "../format/engine.ts";
import { Menu } from "../ui/menu.tsx";
import { StateGlyph } from "../ui/state-glyph.tsx";

/** The name, which opens the device and reaches over the whole card, and the rarer actions. */
export function CardHead({ device, pill, plain = false }: { device: Device; pill?: ReactNode; plain?: boolean }) {
  const [, navigate] = useLocation();
  const [forgetting, setForgetting] = useState(false);
  return (
    <>
      <header>
        <StateGlyph shape={deviceGlyph(device)} label={deviceStateWord(device)} />
        <h2 className="clip">
          {plain ? (
            device.name
          ) : (
            <Link className="whole" to={paths.device(device.id)}>
              {device.name}
            </Link>
          )}
        </h2>
        <span className="push" />
        {pill}
        {plain ? null : (
          <span className="more">
            <Menu
              label={`More about ${device.name}`}
              icon={Ellipsis}
              entries={[
                { label: "Open", icon: ExternalLink, onSelect: () => navigate(paths.device(device.id)) },
                { label: "Connect again", icon: RefreshCw, onSelect: () => void retryDevice(device) },
                { label: "Forget", icon: Trash2, danger: true, onSelect: () => setForgetting(true) },
              ]}
            />
          </span>
        )}
      </header>
      <p className="sub">
        <span className="clip" title={subTitle(device)}>
          {[deviceFamilyText(device), deviceModelText(device)].filter((part) => part !== null).join(", ")}
        </span>
        <span>{deviceAddressText(device)}</span>
      </p>
      <ForgetDialog device={device} open={forgetting} onClose={() => setForgetting(false)} />
    </>
  );
}

/** What the card has no room for: the operating system and the engine. */
function subTitle(device: Device): string {
  const engine = device.engine === null ? null : engineText(device.engine);
  return [deviceModelText(device), device.facts?.osName ?? null, engine].filter((part) => part !== null).join("\n");
}
