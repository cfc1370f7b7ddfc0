import { useMemo, useRef } from "react";
import type { Container } from "../../../shared/domain/index.ts";

/** The colour and the name of a container in the log. */
export interface ContainerPlace {
  index: number;
  name: string;
}

/** By container; those that have been replaced stay known, since their lines are still there. */
export function usePlaces(containers: readonly Container[]): ReadonlyMap<string, ContainerPlace> {
  const known = useRef(new Map<string, ContainerPlace>());
  return useMemo(() => {
    const now = new Map(known.current);
    for (const [index, container] of containers.entries()) {
      const name = container.service ?? container.name;
      for (const [id, place] of now) if (place.name === name) now.set(id, { index, name });
      now.set(container.id, { index, name });
    }
    known.current = now;
    return now;
  }, [containers]);
}
