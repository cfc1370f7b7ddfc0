import type { ReactNode } from "react";

/** Why there is nothing here, and the likeliest next step first. */
export function EmptyState({ title, children, actions }: { title: string; children?: ReactNode; actions?: ReactNode }) {
  return (
    <div className="empty">
      <h2>{title}</h2>
      {children}
      {actions === undefined ? null : <div className="acts">{actions}</div>}
    </div>
  );
}
