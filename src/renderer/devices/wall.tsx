import type { Device } from "../../shared/domain/index.ts";
import { deviceKind } from "../format/device-state.ts";
import { Button } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { ChangedKeyCard } from "./changed-key-card.tsx";
import { DeviceCard } from "./device-card.tsx";
import { HeardCard } from "./heard-card.tsx";
import { NewCard } from "./new-card.tsx";
import { QuietCard } from "./quiet-card.tsx";
import { inOrder, inSegment, matchesFilter, type WallOrder, type WallSegment } from "./wall-order.ts";

interface WallProps {
  devices: readonly Device[];
  filter: string;
  segment: WallSegment;
  order: WallOrder;
  onClear: () => void;
}

/** The cards, one height for all, so that a device keeps its place while it changes. */
export function Wall({ devices, filter, segment, order, onClear }: WallProps) {
  const shown = inOrder(devices, order).filter((device) => inSegment(device, segment) && matchesFilter(device, filter));
  if (shown.length === 0) {
    return (
      <EmptyState title="No device matches" actions={<Button onClick={onClear}>Show all {devices.length}</Button>}>
        <p>
          {filter === ""
            ? "There is none in this group now."
            : `Nothing in this group has “${filter}” in its name, model or address.`}
        </p>
      </EmptyState>
    );
  }
  return (
    <ul className="wall" aria-label="Devices">
      {shown.map((device) => {
        const kind = deviceKind(device);
        return (
          <li key={device.id}>
            {kind === "heard" ? (
              <HeardCard device={device} />
            ) : kind === "new" ? (
              <NewCard device={device} />
            ) : kind === "changed-key" ? (
              <ChangedKeyCard device={device} />
            ) : kind === "offline" || kind === "refused" || kind === "connecting" ? (
              <QuietCard device={device} kind={kind} />
            ) : (
              <DeviceCard device={device} />
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** The wall before its first answer: as many boxes as fit, of the size of the cards. */
export function WallSkeleton() {
  return (
    <div className="wall" role="status" aria-label="Looking for devices">
      {[0, 1, 2, 3, 4, 5].map((index) => (
        <div key={index} className="card dev" aria-hidden={true}>
          <Skeleton width={130} height={14} />
          <div className="gap" />
          <Skeleton width={180} height={10} />
          <div className="gap" />
          <Skeleton width="100%" height={52} />
        </div>
      ))}
    </div>
  );
}
