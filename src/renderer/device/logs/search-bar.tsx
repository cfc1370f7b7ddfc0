import { CaseSensitive, ChevronDown, ChevronUp, Regex, Search, X } from "lucide-react";
import type { KeyboardEvent, RefObject } from "react";
import { Icon, type LucideIcon } from "../../ui/icon.tsx";
import { hitText } from "./hit-text.ts";
import type { SearchState } from "./log-search.ts";

/** What a person has set, whether it can be searched for or not. */
export interface SearchWish {
  text: string;
  regex: boolean;
  matchCase: boolean;
}

interface SearchBarProps {
  wish: SearchWish;
  onWish: (wish: SearchWish) => void;
  state: SearchState;
  wrong: boolean;
  field: RefObject<HTMLInputElement | null>;
  onStep: (by: 1 | -1) => void;
  /** Escape in the empty field. */
  onLeave: () => void;
}

function Switch({ icon, label, on, onFlip }: { icon: LucideIcon; label: string; on: boolean; onFlip: () => void }) {
  return (
    <button type="button" className="in-field" aria-label={label} title={label} aria-pressed={on} onClick={onFlip}>
      <Icon of={icon} />
    </button>
  );
}

/** The search of the log: Enter goes to the next hit, with Shift to the one before; Escape empties it. */
export function SearchBar({ wish, onWish, state, wrong, field, onStep, onLeave }: SearchBarProps) {
  const isSet = wish.text !== "";
  function onKeyDown(event: KeyboardEvent<HTMLInputElement>): void {
    if (event.key === "Enter") {
      event.preventDefault();
      onStep(event.shiftKey ? -1 : 1);
    } else if (event.key === "Escape") {
      event.stopPropagation();
      if (isSet) onWish({ ...wish, text: "" });
      else onLeave();
    }
  }
  return (
    <search className={`field log-search ${wrong ? "bad" : ""}`} aria-label="Search the log">
      <Icon of={Search} size={14} />
      <input
        ref={field}
        type="search"
        aria-label="Search the log"
        aria-invalid={wrong}
        aria-describedby="log-search-problem"
        aria-keyshortcuts="Control+F"
        placeholder="Search"
        value={wish.text}
        maxLength={1_000}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => onWish({ ...wish, text: event.target.value })}
        onKeyDown={onKeyDown}
      />
      <span className="caption nowrap" role="status" aria-label="Hits">
        {isSet && !wrong ? hitText(state) : ""}
      </span>
      {isSet ? (
        <>
          <button
            type="button"
            className="in-field"
            aria-label="Previous hit"
            title="Previous (Shift+Enter)"
            disabled={state.count === 0}
            onClick={() => onStep(-1)}
          >
            <Icon of={ChevronUp} />
          </button>
          <button
            type="button"
            className="in-field"
            aria-label="Next hit"
            title="Next (Enter)"
            disabled={state.count === 0}
            onClick={() => onStep(1)}
          >
            <Icon of={ChevronDown} />
          </button>
        </>
      ) : null}
      <Switch
        icon={CaseSensitive}
        label="Match case"
        on={wish.matchCase}
        onFlip={() => onWish({ ...wish, matchCase: !wish.matchCase })}
      />
      <Switch
        icon={Regex}
        label="Regular expression"
        on={wish.regex}
        onFlip={() => onWish({ ...wish, regex: !wish.regex })}
      />
      {isSet ? (
        <button
          type="button"
          className="in-field"
          aria-label="Clear the search"
          title="Clear (Escape)"
          onClick={() => onWish({ ...wish, text: "" })}
        >
          <Icon of={X} size={14} />
        </button>
      ) : null}
    </search>
  );
}
