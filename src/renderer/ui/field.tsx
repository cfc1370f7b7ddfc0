import { Search, X } from "lucide-react";
import { type InputHTMLAttributes, useId } from "react";
import { Icon } from "./icon.tsx";

interface TextFieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, "onChange" | "value"> {
  label: string;
  value: string;
  onChange: (value: string) => void;
  /** What stands below while all is well. */
  hint?: string;
  /** What is wrong with the value, and what to write instead. */
  problem?: string | null;
  unit?: string;
}

/** A labelled line of text; its hint or its problem keeps the same place, so that nothing jumps. */
export function TextField({ label, value, onChange, hint, problem, unit, ...rest }: TextFieldProps) {
  const id = useId();
  const wrong = problem !== undefined && problem !== null;
  return (
    <label className="labelled" htmlFor={id}>
      <span>{label}</span>
      <span className={`field ${wrong ? "bad" : ""}`}>
        <input
          id={id}
          value={value}
          onChange={(event) => onChange(event.target.value)}
          aria-invalid={wrong}
          aria-describedby={`${id}-hint`}
          autoComplete="off"
          spellCheck={false}
          {...rest}
        />
        {unit === undefined ? null : <span>{unit}</span>}
      </span>
      <span id={`${id}-hint`} className={`hint ${wrong ? "c-over" : ""}`} aria-live="polite">
        {problem ?? hint ?? ""}
      </span>
    </label>
  );
}

interface FilterFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  note?: string;
}

/** A search field; Escape empties it. */
export function FilterField({ label, value, onChange, note }: FilterFieldProps) {
  return (
    <span className="field filter">
      <Icon of={Search} size={14} />
      <input
        type="search"
        aria-label={label}
        placeholder={label}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape" && value !== "") {
            event.stopPropagation();
            onChange("");
          }
        }}
      />
      {note === undefined ? null : <span className="caption nowrap">{note}</span>}
      {value === "" ? null : (
        <button type="button" className="clear" aria-label="Clear" onClick={() => onChange("")}>
          <Icon of={X} size={14} />
        </button>
      )}
    </span>
  );
}
