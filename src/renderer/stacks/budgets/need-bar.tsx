interface NeedBarProps {
  /** What a service may take; null: all there is. */
  value: number | null;
  /** What is set aside for it, inside the value. */
  reserved?: number | null;
  /** What the whole bar stands for. */
  scale: number;
  label: string;
}

/**
 * What one service may take, of the budget that the whole bar is. Without a limit it is a dashed frame that says so;
 * more than the budget is hatched.
 */
export function NeedBar({ value, reserved = null, scale, label }: NeedBarProps) {
  const share = (part: number) => `${Math.min(100, scale > 0 ? (part / scale) * 100 : 0)}%`;
  if (value === null) return <span className="need open-ended">{label}</span>;
  return (
    <span className={value > scale ? "need over" : "need"} role="img" aria-label={label}>
      <i style={{ width: share(value) }} />
      {reserved === null ? null : <b style={{ width: share(reserved) }} />}
    </span>
  );
}
