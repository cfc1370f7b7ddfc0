import { ArrowDownToLine, Pause, WrapText } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { VList, type VListHandle } from "virtua";
import type { Container, Device } from "../../shared/domain/index.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { FilterField } from "../ui/field.tsx";
import { Swatch } from "../ui/swatch.tsx";
import type { LogRow } from "./log-ring.ts";
import { LogRowView } from "./log-row-view.tsx";
import { ringCapacity, useLogs } from "./use-logs.ts";

interface LogPanelProps {
  device: Device;
  containers: readonly Container[];
  chosen: ReadonlySet<string>;
  onToggle: (containerId: string) => void;
}

function matching(rows: readonly LogRow[], filter: string): readonly LogRow[] {
  if (filter === "") return rows;
  const wanted = filter.toLowerCase();
  return rows.filter((row) => row.kind === "line" && row.plain.toLowerCase().includes(wanted));
}

/** The merged logs of the chosen containers: followed, filtered, held in a ring. */
export function LogPanel({ device, containers, chosen, onToggle }: LogPanelProps) {
  const followed = containers.filter((container) => chosen.has(container.id));
  const logs = useLogs(device.id, followed);
  const [filter, setFilter] = useState("");
  const [follow, setFollow] = useState(true);
  const [wrap, setWrap] = useState(false);
  const list = useRef<VListHandle>(null);
  const rows = useMemo(() => matching(logs.rows, filter), [logs.rows, filter]);
  // Those that have been replaced stay known: their lines are still there.
  const known = useRef(new Map<string, { index: number; name: string }>());
  const places = useMemo(() => {
    const now = new Map(known.current);
    for (const [index, container] of containers.entries()) {
      const name = container.service ?? container.name;
      for (const [id, place] of now) if (place.name === name) now.set(id, { index, name });
      now.set(container.id, { index, name });
    }
    known.current = now;
    return now;
  }, [containers]);

  useEffect(() => {
    if (follow && rows.length > 0) list.current?.scrollToIndex(rows.length - 1, { align: "end" });
  }, [rows, follow]);

  function onScroll(offset: number): void {
    const handle = list.current;
    if (handle === null) return;
    const below = handle.scrollSize - handle.viewportSize - offset;
    if (below < 4 && !follow) setFollow(true);
  }

  return (
    <section className="panel logs" aria-label="Logs">
      <header>
        <h2>Logs</h2>
        <ul className="chips" aria-label="Containers to follow">
          {containers.map((container, index) => (
            <li key={container.id}>
              <button
                type="button"
                className="chip"
                aria-pressed={chosen.has(container.id)}
                onClick={() => onToggle(container.id)}
              >
                <Swatch index={index} />
                {container.service ?? container.name}
                {logs.ended.has(container.id) ? <span className="muted">ended</span> : null}
              </button>
            </li>
          ))}
        </ul>
        <FilterField
          label="Filter lines"
          value={filter}
          onChange={setFilter}
          {...(filter === ""
            ? {}
            : { note: `${rows.length.toLocaleString("en-US")} of ${logs.rows.length.toLocaleString("en-US")}` })}
        />
        <IconButton
          icon={WrapText}
          label={wrap ? "One line each" : "Wrap long lines"}
          aria-pressed={wrap}
          onClick={() => setWrap(!wrap)}
        />
        <Button icon={follow ? Pause : ArrowDownToLine} onClick={() => setFollow(!follow)}>
          {follow ? "Pause" : "Follow"}
        </Button>
      </header>
      {logs.failure === null ? null : (
        <div className="log-note">
          <FailureNote failure={logs.failure} tone="tight" />
        </div>
      )}
      {followed.length === 0 ? (
        <EmptyState title="No container chosen">
          <p>Choose one above to follow its log.</p>
        </EmptyState>
      ) : rows.length === 0 ? (
        <p className="log-empty muted">
          {!logs.answered
            ? "Reading the last lines"
            : filter === ""
              ? "Nothing was written yet."
              : `No line has “${filter}” in it.`}
        </p>
      ) : (
        <VList
          ref={list}
          className={`log ${wrap ? "wrapped" : ""}`}
          data={rows}
          bufferSize={400}
          tabIndex={0}
          aria-label="Log lines"
          onScroll={onScroll}
          onWheel={(event) => {
            if (event.deltaY < 0) setFollow(false);
          }}
          onKeyDown={(event) => {
            if (["ArrowUp", "PageUp", "Home"].includes(event.key)) setFollow(false);
          }}
          {...(wrap ? {} : { itemSize: 20 })}
        >
          {(row) => {
            const place = row.kind === "line" ? places.get(row.containerId) : undefined;
            return (
              <LogRowView key={row.key} row={row} name={place?.name ?? ""} color={place?.index ?? 6} filter={filter} />
            );
          }}
        </VList>
      )}
      {logs.dropped > 0 ? (
        <p className="caption log-foot">
          The newest {ringCapacity.toLocaleString("en-US")} lines. {logs.dropped.toLocaleString("en-US")} older ones
          were let go.
        </p>
      ) : null}
    </section>
  );
}
