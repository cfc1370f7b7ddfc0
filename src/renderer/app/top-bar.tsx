import { ChevronRight, Contrast } from "lucide-react";
import { Fragment } from "react";
import { Link } from "wouter";
import { Icon } from "../ui/icon.tsx";
import { ChoiceMenu } from "../ui/menu.tsx";
import { chooseTheme, type Theme, useTheme } from "./theme.ts";

const themes: { value: Theme; label: string }[] = [
  { value: "system", label: "As the system" },
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
  { value: "contrast", label: "Sunlight" },
];

export interface Crumb {
  text: string;
  to?: string;
}

/** Where one is, with a way back, and the switch of the theme. */
export function TopBar({ crumbs }: { crumbs: readonly Crumb[] }) {
  const theme = useTheme((state) => state.theme);
  return (
    <header className="topbar">
      <nav className="crumbs" aria-label="Place">
        {crumbs.map((crumb, index) => (
          <Fragment key={crumb.text}>
            {index === 0 ? null : <Icon of={ChevronRight} size={14} />}
            {crumb.to === undefined ? <b className="clip">{crumb.text}</b> : <Link to={crumb.to}>{crumb.text}</Link>}
          </Fragment>
        ))}
      </nav>
      <span className="push">
        <ChoiceMenu
          label="Theme"
          icon={Contrast}
          value={theme}
          options={themes}
          onChange={(value) => void chooseTheme(value)}
        />
      </span>
    </header>
  );
}
