import { useEffect, useRef, useState } from "react";

const openAfterMs = 350;
/** Time to move the pointer from the line onto the card. */
const closeAfterMs = 200;

export interface HoverCard {
  line: number | null;
  /** The element beside which the card stands. */
  anchor: Element | null;
  enterLine: (line: number, anchor: Element) => void;
  leave: () => void;
  /** The pointer is on the card itself. */
  stay: () => void;
  close: () => void;
}

/** For which line a card is shown while the pointer rests on it. */
export function useHoverCard(): HoverCard {
  const [shown, setShown] = useState<{ line: number; anchor: Element } | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const later = (ms: number, next: typeof shown) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setShown(next), ms);
  };
  return {
    line: shown?.line ?? null,
    anchor: shown?.anchor ?? null,
    enterLine: (line, anchor) => later(openAfterMs, { line, anchor }),
    leave: () => later(closeAfterMs, null),
    stay: () => clearTimeout(timer.current),
    close: () => {
      clearTimeout(timer.current);
      setShown(null);
    },
  };
}
