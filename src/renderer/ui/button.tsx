import type { ButtonHTMLAttributes, ReactNode } from "react";
import { Icon, type LucideIcon } from "./icon.tsx";

interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, "className"> {
  look?: "plain" | "primary" | "ghost" | "danger" | "danger-solid";
  icon?: LucideIcon;
  children?: ReactNode;
}

/** A button with a verb on it. */
export function Button({ look = "plain", icon, children, type = "button", ...rest }: ButtonProps) {
  return (
    <button type={type} className={`btn ${look}`} {...rest}>
      {icon === undefined ? null : <Icon of={icon} size={14} />}
      {children}
    </button>
  );
}

/** A button that shows only an icon: its label is read aloud and shown as a tooltip. */
export function IconButton({
  icon,
  label,
  ...rest
}: { icon: LucideIcon; label: string } & Omit<ButtonProps, "icon" | "children">) {
  const { look = "ghost", ...attributes } = rest;
  return (
    <button type="button" className={`btn ${look} icon-only`} aria-label={label} title={label} {...attributes}>
      <Icon of={icon} />
    </button>
  );
}
