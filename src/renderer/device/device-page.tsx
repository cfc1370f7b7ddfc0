import { useEffect, useMemo, useRef, useState } from "react";
import { useLocation } from "wouter";
import type { Container, Device, Outcome } from "../../shared/domain/index.ts";
import { useContainers } from "../app/containers-store.ts";
import { useDevice, useDevices } from "../app/devices-store.ts";
import { paths } from "../app/paths.ts";
import { useHistory, watchDeviceClosely } from "../app/samples-store.ts";
import { TopBar } from "../app/top-bar.tsx";
import { Button } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { FindingList } from "../ui/finding-list.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { groupByStack } from "./container-groups.ts";
import { ContainerTable } from "./container-table.tsx";
import { DeviceCharts } from "./device-charts.tsx";
import { DeviceHead } from "./device-head.tsx";
import { DeviceTrouble } from "./device-trouble.tsx";
import { LogPanel } from "./logs/log-panel.tsx";
import "./device.css";
import "./logs/logs.css";

interface ContainersProps {
  device: Device;
  containers: readonly Container[];
  /** When they were read, where the device cannot be asked now; null: they are as they are. */
  staleSinceMs: number | null;
}

function Containers({ device, containers, staleSinceMs }: ContainersProps) {
  // The log of what runs is shown until somebody says otherwise.
  const [said, setSaid] = useState<ReadonlyMap<string, boolean>>(new Map());
  // One order for the table, the colours and the chips.
  const ordered = useMemo(() => groupByStack(containers).flatMap((group) => group.containers), [containers]);
  const chosen = new Set(
    ordered
      .filter(({ id, state }) => said.get(id) ?? ["running", "restarting", "paused"].includes(state))
      .map(({ id }) => id),
  );
  function toggle(containerId: string): void {
    setSaid(new Map(said).set(containerId, !chosen.has(containerId)));
  }
  if (ordered.length === 0) {
    return (
      <section className="panel">
        <EmptyState title="No containers">
          <p>The engine was asked and has none, neither running nor stopped.</p>
        </EmptyState>
      </section>
    );
  }
  return (
    <>
      <ContainerTable
        device={device}
        containers={ordered}
        staleSinceMs={staleSinceMs}
        chosen={chosen}
        onToggle={toggle}
      />
      <LogPanel device={device} containers={ordered} chosen={chosen} onToggle={toggle} />
    </>
  );
}

function Body({ device }: { device: Device }) {
  const online = device.state === "online";
  const outcome = useContainers(device.id, online);
  // What was seen stays, with its age, while the device is away: so its log goes on in its place when it is back.
  const seen = useRef<Outcome<Container[]> | null>(null);
  if (online && outcome?.ok) seen.current = outcome;
  const shown = online && outcome?.ok ? outcome : seen.current;
  const measured = useHistory(device.id) !== undefined;
  useEffect(() => watchDeviceClosely(device.id), [device.id]);
  const live = online || (measured && device.state === "engine-down");
  return (
    <div className="device-body">
      <DeviceTrouble key={device.id} device={device} />
      <FindingList findings={device.findings} />
      {live ? <DeviceCharts deviceId={device.id} /> : null}
      {online && outcome !== undefined && !outcome.ok ? <FailureNote failure={outcome.failure} /> : null}
      {shown?.ok ? (
        <Containers
          device={device}
          containers={shown.value}
          staleSinceMs={shown === outcome && online ? null : shown.atMs}
        />
      ) : online && outcome === undefined ? (
        <section className="panel wait" role="status" aria-label="Reading the containers">
          <Skeleton width={180} height={12} />
          <Skeleton width="100%" height={84} />
        </section>
      ) : null}
    </div>
  );
}

/** One device: what it is, how it is doing, what runs on it and what that says. */
export function DevicePage({ deviceId }: { deviceId: string }) {
  const device = useDevice(deviceId);
  const ready = useDevices((list) => list.ready);
  const [, navigate] = useLocation();
  const crumbs = [{ text: "Devices", to: paths.devices }, { text: device?.name ?? "Device" }];
  return (
    <>
      <TopBar crumbs={crumbs} />
      {device !== undefined ? (
        <>
          <DeviceHead device={device} />
          <Body key={device.id} device={device} />
        </>
      ) : ready ? (
        <EmptyState
          title="This device is not known here"
          actions={
            <Button look="primary" onClick={() => navigate(paths.devices)}>
              Show all devices
            </Button>
          }
        >
          <p>It was forgotten, or it stopped announcing itself before anybody trusted its key.</p>
        </EmptyState>
      ) : (
        <div className="device-head" role="status" aria-label="Looking for the device">
          <Skeleton width={200} height={24} />
        </div>
      )}
    </>
  );
}
