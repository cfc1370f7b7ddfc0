/** The ship's load mark: a disc and the line through it. */
export function BrandMark({ size = 22 }: { size?: number }) {
  return (
    <svg viewBox="0 0 24 24" width={size} height={size} fill="none" stroke="currentColor" aria-hidden={true}>
      <circle cx="12" cy="12" r="7.5" strokeWidth="2.5" />
      <path d="M1 12h22" strokeWidth="3" />
    </svg>
  );
}
