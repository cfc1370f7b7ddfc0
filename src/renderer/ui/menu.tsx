import { Menu as Base } from "@base-ui/react/menu";
import { Check, ChevronDown } from "lucide-react";
import { Icon, type LucideIcon } from "./icon.tsx";

export interface MenuEntry {
  label: string;
  icon?: LucideIcon;
  danger?: boolean;
  /** Why it cannot be chosen; null and absent: it can. */
  blocked?: string | null;
  onSelect: () => void;
}

interface MenuProps {
  label: string;
  icon: LucideIcon;
  entries: readonly MenuEntry[];
}

/** The rarer actions of a thing, behind one button. */
export function Menu({ label, icon, entries }: MenuProps) {
  return (
    <Base.Root>
      <Base.Trigger className="btn ghost icon-only" aria-label={label} title={label}>
        <Icon of={icon} />
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner className="menu-place" align="end" sideOffset={4}>
          <Base.Popup className="menu">
            {entries.map((entry) => (
              <Base.Item
                key={entry.label}
                className={entry.danger === true ? "danger" : ""}
                disabled={entry.blocked != null}
                onClick={entry.onSelect}
              >
                {entry.icon === undefined ? null : <Icon of={entry.icon} size={14} />}
                {entry.blocked == null ? (
                  entry.label
                ) : (
                  <span>
                    {entry.label}
                    <span className="reason">{entry.blocked}</span>
                  </span>
                )}
              </Base.Item>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

interface ChoiceMenuProps<T extends string> {
  label: string;
  /** What stands on the button: an icon, or a text. */
  icon?: LucideIcon;
  text?: string;
  value: T;
  options: readonly { value: T; label: string }[];
  onChange: (value: T) => void;
}

/** One choice of several behind a button. */
export function ChoiceMenu<T extends string>({ label, icon, text, value, options, onChange }: ChoiceMenuProps<T>) {
  return (
    <Base.Root>
      <Base.Trigger
        className={text === undefined ? "btn ghost icon-only" : "btn ghost"}
        aria-label={label}
        title={label}
      >
        {icon === undefined ? null : <Icon of={icon} />}
        {text}
        {text === undefined ? null : <Icon of={ChevronDown} size={14} />}
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner className="menu-place" align="end" sideOffset={4}>
          <Base.Popup className="menu">
            <Base.RadioGroup value={value} onValueChange={onChange} aria-label={label}>
              {options.map((option) => (
                <Base.RadioItem key={option.value} value={option.value} closeOnClick={true}>
                  {option.label}
                  <Base.RadioItemIndicator className="check">
                    <Icon of={Check} size={14} />
                  </Base.RadioItemIndicator>
                </Base.RadioItem>
              ))}
            </Base.RadioGroup>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
