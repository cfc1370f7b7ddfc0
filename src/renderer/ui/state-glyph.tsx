import type { ReactNode } from "react";
import type { GlyphShape } from "../format/device-state.ts";

const shapes: Record<GlyphShape, ReactNode> = {
  run: <circle cx="5" cy="5" r="4" fill="currentColor" />,
  warn: <path d="M5 .8 9.6 9H.4Z" fill="currentColor" />,
  half: (
    <>
      <circle cx="5" cy="5" r="3.6" fill="none" stroke="currentColor" strokeWidth="1.4" />
      <path d="M5 1.4a3.6 3.6 0 0 1 0 7.2Z" fill="currentColor" />
    </>
  ),
  dead: <path d="M1.5 1.5l7 7m0-7l-7 7" stroke="currentColor" strokeWidth="2.2" strokeLinecap="round" />,
  off: <circle cx="5" cy="5" r="3.5" fill="none" stroke="currentColor" strokeWidth="1.5" />,
  new: <path d="M5 .5 9.5 5 5 9.5.5 5Z" fill="currentColor" />,
  unknown: <circle cx="5" cy="5" r="3.8" fill="none" stroke="currentColor" strokeWidth="1.5" strokeDasharray="2 1.6" />,
};

/** The 10 px shape of a state. With a label it speaks; without one a word must stand beside it. */
export function StateGlyph({ shape, label }: { shape: GlyphShape; label?: string }) {
  if (label === undefined) {
    return (
      <svg className={`glyph ${shape}`} viewBox="0 0 10 10" aria-hidden={true}>
        {shapes[shape]}
      </svg>
    );
  }
  return (
    <svg className={`glyph ${shape}`} viewBox="0 0 10 10" role="img" aria-label={label}>
      <title>{label}</title>
      {shapes[shape]}
    </svg>
  );
}
