import { ArrowDownUp, Plus, Radar } from "lucide-react";
import { useState } from "react";
import { isNeighbour } from "../../shared/domain/index.ts";
import { useDevices } from "../app/devices-store.ts";
import { TopBar } from "../app/top-bar.tsx";
import { Button } from "../ui/button.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { FilterField } from "../ui/field.tsx";
import { Seg } from "../ui/seg.tsx";
import { StateGlyph } from "../ui/state-glyph.tsx";
import { AddDialog } from "./add-dialog.tsx";
import { HiddenNeighbours } from "./hidden-neighbours.tsx";
import { NoDevices } from "./no-devices.tsx";
import { SearchDialog } from "./search-dialog.tsx";
import { useSearch } from "./search-store.ts";
import { Wall, WallSkeleton } from "./wall.tsx";
import { inSegment, type WallOrder, type WallSegment } from "./wall-order.ts";
import "./devices.css";

/** The wall: every device at a glance, what needs a person first. */
export function DevicesPage() {
  const { ready, devices: all, failure } = useDevices();
  const [withNeighbours, setWithNeighbours] = useState(false);
  const [searching, setSearching] = useState(false);
  const search = useSearch();
  const neighbours = all.filter(isNeighbour).length;
  const devices = withNeighbours ? all : all.filter((device) => !isNeighbour(device));
  const neighboursLine = <HiddenNeighbours count={neighbours} shown={withNeighbours} onChange={setWithNeighbours} />;
  const [filter, setFilter] = useState("");
  const [segment, setSegment] = useState<WallSegment>("all");
  const [order, setOrder] = useState<WallOrder>("problems");
  const [adding, setAdding] = useState(false);
  const count = (wanted: WallSegment) => devices.filter((device) => inSegment(device, wanted)).length;
  return (
    <>
      <TopBar crumbs={[{ text: "Devices" }]} />
      {ready && devices.length === 0 ? (
        <NoDevices onAdd={() => setAdding(true)} onSearch={() => setSearching(true)}>
          {neighboursLine}
        </NoDevices>
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
              <Button icon={Radar} title="Search the network for SSH servers" onClick={() => setSearching(true)}>
                {search.status === "running"
                  ? `Searching, ${search.counts?.asked ?? 0} of ${search.counts?.addresses ?? "…"}`
                  : "Search the network"}
              </Button>
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
              devices={devices}
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
          {neighboursLine}
        </>
      )}
      <SearchDialog open={searching} onClose={() => setSearching(false)} />
      <AddDialog open={adding} onClose={() => setAdding(false)} />
    </>
  );
}
