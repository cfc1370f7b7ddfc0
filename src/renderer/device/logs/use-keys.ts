import { useEffect, useRef } from "react";

/** Keys of the whole page: Ctrl+F (or Cmd+F) to search the log, F3 and Shift+F3 for the next hit and the one before. */
export function useLogKeys(keys: { search: () => void; step: (by: 1 | -1) => void }): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    function onKey(event: KeyboardEvent): void {
      const isElsewhere = event.target instanceof Element && event.target.closest("[role=dialog]") !== null;
      if (event.defaultPrevented || isElsewhere) return;
      if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "f") {
        event.preventDefault();
        latest.current.search();
      } else if (event.key === "F3") {
        event.preventDefault();
        latest.current.step(event.shiftKey ? -1 : 1);
      }
    }
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
}
