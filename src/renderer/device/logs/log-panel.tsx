import { ArrowDownToLine, Download, Maximize2, Minimize2, Pause, WrapText } from "lucide-react";
import { type ClipboardEvent, useCallback, useEffect, useRef, useState } from "react";
import type { Container, Device, Failure } from "../../../shared/domain/index.ts";
import { Button, IconButton } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { FailureNote } from "../../ui/failure-note.tsx";
import { Icon } from "../../ui/icon.tsx";
import { ContainerChips } from "./container-chips.tsx";
import { rowsInSelection } from "./copied-rows.ts";
import { atTheEnd, type FollowState, letGo, newRows } from "./follow-state.ts";
import { logFileLine } from "./log-file-line.ts";
import { LogFoot } from "./log-foot.tsx";
import { LogList, type Reveal } from "./log-list.tsx";
import { LogRowView } from "./log-row-view.tsx";
import { SearchBar, type SearchWish } from "./search-bar.tsx";
import { useLogKeys } from "./use-keys.ts";
import { useLogSearch } from "./use-log-search.ts";
import { useLogs } from "./use-logs.ts";
import { usePlaces } from "./use-places.ts";
import { useSave } from "./use-save.ts";

interface LogPanelProps {
  device: Device;
  containers: readonly Container[];
  chosen: ReadonlySet<string>;
  onToggle: (containerId: string) => void;
}

/** So many of the last lines of each container are read at first; all that a device has may be gigabytes. */
const firstTail = 2_000;
const wholeTail = 10_000_000;
/** A quiet container tells nothing: after a moment that is an answer too. */
const quietMs = 1_500;
const noWish: SearchWish = { text: "", regex: false, matchCase: false };

/** The merged logs of the chosen containers: followed, read back, searched and saved. */
export function LogPanel({ device, containers, chosen, onToggle }: LogPanelProps) {
  const followed = containers.filter((container) => chosen.has(container.id));
  const [whole, setWhole] = useState(false);
  const { model, state } = useLogs(device.id, followed, whole ? wholeTail : firstTail);
  const [follow, setFollow] = useState<FollowState>(atTheEnd);
  const [wrap, setWrap] = useState(false);
  const [large, setLarge] = useState(false);
  const [wish, setWish] = useState(noWish);
  const [reveal, setReveal] = useState<Reveal | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const topRow = useRef(0);
  const places = usePlaces(containers);
  const nameOf = (containerId: string): string => places.get(containerId)?.name ?? containerId.slice(0, 12);
  const search = useLogSearch(model, state, wish, topRow);
  const saving = useSave(model, () => `${device.name}-${new Date().toISOString().replaceAll(":", "-")}.log`, nameOf);
  const quiet = useQuiet(model);
  const { first, end } = state;
  const currentRow = state.search.current?.row ?? null;

  // biome-ignore lint/correctness/useExhaustiveDependencies: other logs are looked at from their end.
  useEffect(() => setFollow(atTheEnd), [model]);
  useEffect(() => {
    if (currentRow !== null) setReveal({ row: currentRow });
  }, [currentRow]);

  const onRange = useCallback((from: number, to: number) => model.want(from, to), [model]);
  const onFollow = (following: boolean): void => setFollow((now) => (following ? atTheEnd : letGo(now, end)));
  function step(by: 1 | -1): void {
    const row = model.step(by);
    if (row !== null) setReveal({ row });
  }
  useLogKeys({
    step,
    search: () => {
      field.current?.focus();
      field.current?.select();
    },
  });
  function onCopy(event: ClipboardEvent): void {
    const rows = rowsInSelection(document.getSelection(), event.currentTarget);
    const values = rows.flatMap((row) => model.row(row) ?? []);
    if (values.length === 0) return;
    event.preventDefault();
    event.clipboardData.setData("text/plain", values.map((row) => `${logFileLine(row, nameOf)}\n`).join(""));
  }
  function focusLog(): void {
    body.current?.querySelector<HTMLElement>(".log")?.focus();
  }
  function renderRow(row: number) {
    const value = model.row(row);
    const place = value?.kind === "line" ? places.get(value.line.containerId) : undefined;
    return (
      <LogRowView
        key={row}
        row={row}
        value={value}
        name={place?.name ?? ""}
        color={place?.index ?? 6}
        pattern={search.pattern !== null && model.isHit(row) ? search.pattern : null}
        current={row === currentRow}
      />
    );
  }

  const fresh = newRows(follow, end);
  const isEmpty = end === first;
  return (
    <section className={`panel logs ${large ? "large" : ""}`} aria-label="Logs">
      <header>
        <h2>Logs</h2>
        <ContainerChips containers={containers} chosen={chosen} ended={state.ended} onToggle={onToggle} />
        <SearchBar
          wish={wish}
          onWish={setWish}
          state={state.search}
          wrong={search.failure !== null}
          field={field}
          onStep={step}
          onLeave={focusLog}
        />
        <IconButton icon={WrapText} label="Wrap long lines" aria-pressed={wrap} onClick={() => setWrap(!wrap)} />
        <IconButton
          icon={Download}
          label="Save all lines to a file"
          disabled={isEmpty || saving.share !== null}
          onClick={() => void saving.start()}
        />
        <IconButton
          icon={large ? Minimize2 : Maximize2}
          label={large ? "Show the whole page" : "Show the log alone"}
          onClick={() => setLarge(!large)}
        />
        <Button
          icon={follow.following ? Pause : ArrowDownToLine}
          onClick={() => setFollow(follow.following ? letGo(follow, end) : atTheEnd)}
        >
          {follow.following ? "Pause" : "Follow"}
        </Button>
      </header>
      <p id="log-search-problem" className={search.failure === null ? "unseen" : "log-problem c-over"} role="status">
        {search.failure === null ? "" : `${search.failure.message} ${search.failure.hint ?? ""}`}
      </p>
      {[state.failure, saving.failure].map((failure) =>
        failure === null ? null : (
          <div className="log-note" key={failure.message}>
            <FailureNote failure={failure} tone="tight" />
          </div>
        ),
      )}
      {state.notKept === 0 ? null : (
        <div className="log-note">
          <FailureNote failure={diskIsFull(state.notKept)} tone="tight" />
        </div>
      )}
      {followed.length === 0 ? (
        <EmptyState title="No container chosen">
          <p>Choose one above to follow its log.</p>
        </EmptyState>
      ) : isEmpty && state.failure !== null ? null : isEmpty ? (
        <p className="log-empty muted">
          {state.answered && quiet ? "Nothing was written yet." : "Reading the last lines"}
        </p>
      ) : (
        <div className="log-body" ref={body} onCopy={onCopy}>
          <LogList
            first={first}
            end={end}
            following={follow.following}
            wrap={wrap}
            reveal={reveal}
            renderRow={renderRow}
            onRange={onRange}
            onFollow={onFollow}
            topRow={topRow}
          />
          {fresh === 0 ? null : (
            <button type="button" className="new-lines" onClick={() => setFollow(atTheEnd)}>
              <Icon of={ArrowDownToLine} size={14} />
              {`${fresh.toLocaleString("en-US")} new ${fresh === 1 ? "line" : "lines"}`}
            </button>
          )}
        </div>
      )}
      {followed.length === 0 || isEmpty ? null : (
        <LogFoot state={state} saving={saving} whole={whole} onWhole={() => setWhole(true)} />
      )}
    </section>
  );
}

function diskIsFull(lines: number): Failure {
  return {
    code: "conflict",
    message: `${lines.toLocaleString("en-US")} lines could not be kept: the disk of this machine takes no more.`,
    hint: "Free some space in Bayplan's data folder; then it goes on.",
  };
}

/** True when these logs have been watched for a moment. */
function useQuiet(model: object): boolean {
  const [quietFor, setQuietFor] = useState<object | null>(null);
  useEffect(() => {
    const timer = setTimeout(() => setQuietFor(model), quietMs);
    return () => clearTimeout(timer);
  }, [model]);
  return quietFor === model;
}
