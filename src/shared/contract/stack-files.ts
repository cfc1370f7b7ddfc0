import { eventIterator, oc } from "@orpc/contract";
import * as z from "zod";
import { failureSchema, openedStackSchema, stackFileTextSchema, stackFormatSchema } from "../domain/index.ts";
import { errors } from "./errors.ts";

/** A stack as it is now; `seq` counts the updates of this watch. */
export const stackUpdateSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("opened"), seq: z.int(), atMs: z.number(), opened: openedStackSchema }),
  /** There is none now: the file has gone, or may not be read. */
  z.object({ kind: z.literal("failed"), seq: z.int(), atMs: z.number(), failure: failureSchema }),
]);
export type StackUpdate = z.infer<typeof stackUpdateSchema>;

/** The most text that may be dropped at once, in characters: a request is one frame. */
export const maxDroppedLength = 400_000;

/** The files of a stack while a face shows them. */
export const stackFilesContract = {
  /**
   * A stack of this machine (`file` null: the sample that ships with Bayplan), and again after each change of one of its
   * files, until the reader leaves.
   */
  watch: oc
    .errors(errors)
    .input(z.object({ file: z.string().min(1).nullable(), from: stackFormatSchema.nullable().default(null) }))
    .output(eventIterator(stackUpdateSchema)),
  /**
   * The text of one of the files that `watch` and `open` list, and of no other. Values that look like secrets are hidden in
   * files of variables. Throws `not-found`, `bad-input`.
   */
  file: oc
    .errors(errors)
    .input(
      z.object({
        file: z.string().min(1),
        from: stackFormatSchema.nullable().default(null),
        path: z.string().min(1),
      }),
    )
    .output(stackFileTextSchema),
  /**
   * Keeps a copy of dropped files whose place nobody knows (a browser does not tell) and gives the path to open. The copies
   * of the last twenty times are kept. Throws `bad-input`.
   */
  keepDropped: oc
    .errors(errors)
    .input(
      z.object({
        files: z
          .array(z.object({ name: z.string(), text: z.string() }))
          .min(1)
          .max(50),
      }),
    )
    .output(z.object({ file: z.string() })),
};
