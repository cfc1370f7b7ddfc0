import { useState } from "react";

/** What of the source is looked at. */
export interface SourcePlace {
  /** The path of a file; null: the first. */
  path: string | null;
  line: number | null;
  /** Grows when somebody asks to be taken there: the view scrolls once for each. */
  seek: number;
}

export interface SourcePlaceState extends SourcePlace {
  /** Shows a file from its beginning. */
  showFile: (path: string) => void;
  /** Shows a line in the middle of the view. */
  goTo: (path: string, line: number) => void;
  /** Marks a line that is in view already, or none. */
  mark: (line: number | null) => void;
}

/** Which file is shown, and which line of it is marked. */
export function useSourcePlace(): SourcePlaceState {
  const [place, setPlace] = useState<SourcePlace>({ path: null, line: null, seek: 0 });
  return {
    ...place,
    showFile: (path) => setPlace({ path, line: null, seek: place.seek }),
    goTo: (path, line) => setPlace({ path, line, seek: place.seek + 1 }),
    mark: (line) => setPlace({ ...place, line }),
  };
}
