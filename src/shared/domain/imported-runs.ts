import * as z from "zod";
import { runIdSchema } from "./run.ts";

/** What came of a file of runs. */
export const importedRunsSchema = z.object({
  imported: z.array(runIdSchema),
  /** Those that were here already, to the last figure. */
  already: z.array(runIdSchema),
});
export type ImportedRuns = z.infer<typeof importedRunsSchema>;
