import { ArrowDownUp, Plus } from "lucide-react";
import { useState } from "react";
import { useDevices } from "../app/devices-store.ts";
import { TopBar } from "../app/top-bar.tsx";
import { Button } from "../ui/button.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { FilterField } from "../ui/field.tsx";
import { Seg } from "../ui/seg.tsx";
import { StateGlyph } from "../ui/state-glyph.tsx";
import { AddDialog } from "./add-dialog.tsx";
import { NoDevices } from "./no-devices.tsx";
import { Wall, WallSkeleton } from "./wall.tsx";
import { inSegment, type WallOrder, type WallSegment } from "./wall-order.ts";
import "./devices.css";

/** The wall: every device at a glance, what needs a person first. */
export function DevicesPage() {
  const { ready, devices, failure } = useDevices();
  const [filter, setFilter] = useState("");
  const [segment, setSegment] = useState<WallSegment>("all");
  const [order, setOrder] = useState<WallOrder>("problems");
  const [adding, setAdding] = useState(false);
  const count = (wanted: WallSegment) => devices.filter((device) => inSegment(device, wanted)).length;
  return (
    <>
      <TopBar crumbs={[{ text: "Devices" }]} />
      {ready && devices.length === 0 ? (
        <NoDevices onAdd={() => setAdding(true)} />
      ) : (
        <>
          <div className="tools">
            <FilterField label="Filter" value={filter} onChange={setFilter} />
            <Seg
              label="Show"
              value={segment}
              onChange={setSegment}
              options={[
                { value: "all", label: "All", count: devices.length },
                { value: "problems", label: "Problems", count: count("problems"), before: <StateGlyph shape="warn" /> },
                { value: "offline", label: "Offline", count: count("offline"), before: <StateGlyph shape="off" /> },
                { value: "new", label: "New", count: count("new"), before: <StateGlyph shape="new" /> },
              ]}
            />
            <span className="sort">
              <Button
                look="ghost"
                icon={ArrowDownUp}
                title="Change the order"
                onClick={() => setOrder(order === "problems" ? "name" : "problems")}
              >
                {order === "problems" ? "Problems first" : "By name"}
              </Button>
            </span>
            <span className="add">
              <Button look="primary" icon={Plus} onClick={() => setAdding(true)}>
                Add by address
              </Button>
            </span>
          </div>
          {failure === null ? null : (
            <div className="wall-note">
              <FailureNote failure={failure} tone="tight" />
            </div>
          )}
          {ready ? (
            <Wall
              filter={filter}
              segment={segment}
              order={order}
              onClear={() => {
                setFilter("");
                setSegment("all");
              }}
            />
          ) : (
            <WallSkeleton />
          )}
        </>
      )}
      <AddDialog open={adding} onClose={() => setAdding(false)} />
    </>
  );
}
