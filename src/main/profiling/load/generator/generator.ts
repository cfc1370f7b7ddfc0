import type { LoadFigures } from "../load-job.ts";

/** Something that makes one load in this process. */
export interface Generator {
  /** From here on the figures begin anew. */
  mark(): void;
  /** Ends all that it started, and gives what was seen. */
  stop(): Promise<LoadFigures>;
}
