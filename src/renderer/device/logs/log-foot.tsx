import type { LogState } from "./log-model.ts";
import type { Saving } from "./use-save.ts";

interface LogFootProps {
  state: LogState;
  saving: Saving;
  /** True when it began at the first line that each device still has. */
  whole: boolean;
  onWhole: () => void;
}

const percent = (share: number): string => `${Math.floor(share * 100)} %`;

/** How much there is, and what is being done with it. */
export function LogFoot({ state, saving, whole, onWhole }: LogFootProps) {
  const rows = state.end - state.first;
  const { query, searchedTo } = state.search;
  const searched = state.end === 0 ? 1 : searchedTo / state.end;
  const isSearching = query !== null && !state.search.over && state.search.failure === null;
  return (
    <footer className="caption log-foot">
      <span>{`${rows.toLocaleString("en-US")} ${rows === 1 ? "line" : "lines"}`}</span>
      {whole ? null : (
        <button type="button" className="link" onClick={onWhole}>
          Read the whole log
        </button>
      )}
      {state.first > 0 ? <span>Older ones were let go to leave room on the disk.</span> : null}
      {isSearching ? <span>{`Searched ${percent(searched)}`}</span> : null}
      {state.search.full ? <span>Only the first million hits are counted. Search for more words.</span> : null}
      {saving.share === null ? null : (
        <span className="push row">
          {`Saving, ${percent(saving.share)}`}
          <button type="button" className="link" onClick={saving.cancel}>
            Cancel
          </button>
        </span>
      )}
    </footer>
  );
}
