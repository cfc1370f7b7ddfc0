import { Activity, Layers, Router as RouterIcon } from "lucide-react";
import { Link, useLocation } from "wouter";
import { isNeighbour } from "../../shared/domain/index.ts";
import { BrandMark } from "../ui/brand-mark.tsx";
import { Icon, type LucideIcon } from "../ui/icon.tsx";
import { DeviceTree } from "./device-tree.tsx";
import { useDevices } from "./devices-store.ts";
import { paths } from "./paths.ts";

const places: { to: string; name: string; icon: LucideIcon }[] = [
  { to: paths.devices, name: "Devices", icon: RouterIcon },
  { to: paths.stacks, name: "Stacks", icon: Layers },
  { to: paths.runs, name: "Runs", icon: Activity },
];

/** The places of the product and, below them, every device within one click. */
export function Sidebar() {
  const [location] = useLocation();
  const count = useDevices((list) =>
    list.ready ? list.devices.filter((device) => !isNeighbour(device)).length : null,
  );
  return (
    <nav className="sidebar" aria-label="Main">
      <div className="brand">
        <BrandMark />
        <span>Bayplan</span>
      </div>
      <div className="nav">
        {places.map((place) => (
          <Link
            key={place.to}
            to={place.to}
            aria-current={location.startsWith(place.to) ? (location === place.to ? "page" : "true") : undefined}
          >
            <Icon of={place.icon} />
            {place.name}
            {place.to === paths.devices && count !== null ? <span className="count">{count}</span> : null}
          </Link>
        ))}
      </div>
      <DeviceTree />
    </nav>
  );
}
