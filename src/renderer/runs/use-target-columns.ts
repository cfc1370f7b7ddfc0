import { useEffect } from "react";
import { type TargetColumns, useRunColumns } from "./run-columns-feed.ts";
import { askForSamples } from "./run-store.ts";

/** The samples of one target of the run that is shown; asked for when they are not here, and undefined until then. */
export function useTargetColumns(index: number): TargetColumns | undefined {
  const held = useRunColumns((state) => state.columns.get(index));
  const isHeld = held !== undefined;
  useEffect(() => {
    if (!isHeld) askForSamples(index);
  }, [isHeld, index]);
  return held;
}
