import type { ReactNode } from "react";

export interface SegOption<T extends string> {
  value: T;
  label: string;
  count?: number;
  before?: ReactNode;
}

interface SegProps<T extends string> {
  label: string;
  value: T;
  options: readonly SegOption<T>[];
  onChange: (value: T) => void;
}

/** One choice of a few, all of them in view. */
export function Seg<T extends string>({ label, value, options, onChange }: SegProps<T>) {
  return (
    <fieldset className="seg-set">
      <legend className="unseen">{label}</legend>
      <div className="seg">
        {options.map((option) => (
          <button
            key={option.value}
            type="button"
            aria-pressed={option.value === value}
            onClick={() => onChange(option.value)}
          >
            {option.before}
            {option.label}
            {option.count === undefined ? null : <span className="n">{option.count}</span>}
          </button>
        ))}
      </div>
    </fieldset>
  );
}
