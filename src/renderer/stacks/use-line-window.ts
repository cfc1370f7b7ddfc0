import { type RefObject, useEffect, useState } from "react";

/** Fewer lines than these are all there: then the browser's own search finds everything. */
const allUpTo = 2_000;
/** Lines come and go in blocks of this many. */
const block = 200;
/** What a line of code takes; a line that explains itself takes more, and the browser holds the place then. */
export const linePixels = 18;

/** The lines of a file that are worth having in the page, the first and the one behind the last. */
export interface LineWindow {
  from: number;
  to: number;
}

/** The blocks around what is scrolled to, with one before and one after. */
export function linesAround(scrollTop: number, height: number, count: number): LineWindow {
  if (count <= allUpTo) return { from: 0, to: count };
  const first = Math.floor(Math.max(0, scrollTop) / linePixels / block) - 1;
  const last = Math.ceil((scrollTop + height) / linePixels / block) + 1;
  const from = Math.min(Math.max(0, first * block), Math.max(0, count - block));
  return { from, to: Math.min(count, Math.max(last * block, from + block)) };
}

/** Which lines of a long file to have in the page, as it is scrolled. */
export function useLineWindow(list: RefObject<HTMLElement | null>, count: number): LineWindow {
  const [window, setWindow] = useState(() => linesAround(0, 0, count));
  useEffect(() => {
    const element = list.current;
    if (element === null) return undefined;
    const look = () => {
      const next = linesAround(element.scrollTop, element.clientHeight, count);
      setWindow((before) => (before.from === next.from && before.to === next.to ? before : next));
    };
    look();
    element.addEventListener("scroll", look, { passive: true });
    return () => element.removeEventListener("scroll", look);
  }, [list, count]);
  return window.to > count ? linesAround(0, 0, count) : window;
}
