import type { LucideIcon } from "lucide-react";

export type { LucideIcon };

/** A lucide icon in one of the three sizes, in the stroke of the theme. It says nothing by itself: put a word beside it. */
export function Icon({ of: Shape, size = 16, className }: { of: LucideIcon; size?: number; className?: string }) {
  return (
    <Shape size={size} strokeWidth="var(--stroke-icon)" className={`icon ${className ?? ""}`} aria-hidden={true} />
  );
}
