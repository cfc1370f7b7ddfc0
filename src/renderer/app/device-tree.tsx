import { Link, useLocation } from "wouter";
import { type Device, isNeighbour } from "../../shared/domain/index.ts";
import { deviceGlyph, deviceKind, deviceStateWord } from "../format/device-state.ts";
import { StateGlyph } from "../ui/state-glyph.tsx";
import { useDevices } from "./devices-store.ts";
import { paths } from "./paths.ts";
import { useHistory } from "./samples-store.ts";

function MiniBar({ deviceId }: { deviceId: string }) {
  const latest = useHistory(deviceId)?.latest;
  if (latest === undefined) return null;
  const percent = Math.round((latest.memoryUsedBytes / latest.memoryTotalBytes) * 100);
  return (
    <span className={`mini ${percent >= 85 ? "hot" : ""}`} title={`${percent} % of its memory is used`}>
      <i style={{ width: `${percent}%` }} />
    </span>
  );
}

function TreeRow({ device }: { device: Device }) {
  const [location] = useLocation();
  const to = paths.device(device.id);
  const kind = deviceKind(device);
  return (
    <li>
      <Link to={to} aria-current={location === to ? "page" : undefined} className={kind === "offline" ? "off" : ""}>
        <StateGlyph shape={deviceGlyph(device)} label={deviceStateWord(device)} />
        <span className="clip">{device.name}</span>
        {kind === "online" || kind === "problem" ? <MiniBar deviceId={device.id} /> : null}
      </Link>
    </li>
  );
}

function Group({ title, devices }: { title: string; devices: readonly Device[] }) {
  if (devices.length === 0) return null;
  return (
    <>
      <h3>
        {title}
        <span>{devices.length}</span>
      </h3>
      <ul>
        {devices.map((device) => (
          <TreeRow key={device.id} device={device} />
        ))}
      </ul>
    </>
  );
}

/** Every device with its state and its memory in a bar; those not agreed to yet stand apart. */
export function DeviceTree() {
  const { ready, devices } = useDevices();
  const sorted = devices.filter((device) => !isNeighbour(device)).sort((a, b) => a.name.localeCompare(b.name));
  const isFresh = (device: Device) => ["new", "heard"].includes(deviceKind(device));
  const fresh = sorted.filter(isFresh);
  const known = sorted.filter((device) => !isFresh(device));
  return (
    <div className="tree">
      <Group title="Devices" devices={known} />
      <Group title="Seen, not added" devices={fresh} />
      {ready && sorted.length === 0 ? <p className="caption tree-none">No devices yet</p> : null}
    </div>
  );
}
