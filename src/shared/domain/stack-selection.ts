import * as z from "zod";
import { stackFormatSchema } from "./stack-format.ts";

/**
 * Which stack of this machine is meant. What `docker compose` takes on its command line has the same meaning here, for every
 * call that reads a stack.
 */
export const stackSelectionSchema = z.object({
  /** The first file, or a folder that holds one. */
  file: z.string().min(1),
  /** More compose files, each over those before it. */
  moreFiles: z.array(z.string().min(1)).max(99).default([]),
  /** What the file is written in; null: as it looks. */
  from: stackFormatSchema.nullable().default(null),
  /** What relative paths start from, and where `.env` is; null: the folder of the first file. */
  folder: z.string().min(1).nullable().default(null),
  /** Name of the stack; null: as COMPOSE_PROJECT_NAME, the file or the folder says. */
  name: z.string().nullable().default(null),
  /** Chosen profiles; null: what COMPOSE_PROFILES says. */
  profiles: z.array(z.string()).nullable().default(null),
  /** Files with variables; null: `.env`, when there is one. */
  envFiles: z.array(z.string().min(1)).nullable().default(null),
});
export type StackSelection = z.infer<typeof stackSelectionSchema>;

/** A stack with nothing said beside its file. */
export function stackSelection(file: string, options: Partial<Omit<StackSelection, "file">> = {}): StackSelection {
  return { file, moreFiles: [], from: null, folder: null, name: null, profiles: null, envFiles: null, ...options };
}
