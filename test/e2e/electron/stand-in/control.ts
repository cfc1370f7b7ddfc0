import * as z from "zod";

/** What the suite asks of the stand-in, over the channel of the process. */
export const requestSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("close-window") }),
  z.object({ kind: z.literal("second-instance") }),
  /** Shows another site in the app's own window, as nothing in the app ever does. */
  z.object({ kind: z.literal("load"), url: z.string() }),
  /** Opens a second window with the same preload script at another site. */
  z.object({ kind: z.literal("stranger"), url: z.string() }),
  z.object({ kind: z.literal("report") }),
]);
export type ControlRequest = z.infer<typeof requestSchema>;

/** What the stand-in tells the suite. */
export const noticeSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("loaded"), url: z.string() }),
  z.object({ kind: z.literal("done"), id: z.int() }),
  z.object({
    kind: z.literal("report"),
    id: z.int(),
    visible: z.array(z.boolean()),
    menu: z.array(z.string()),
    deniedWindows: z.array(z.string()),
    deniedNavigations: z.array(z.string()),
    permissions: z.record(z.string(), z.boolean()),
  }),
  z.object({ kind: z.literal("failed"), id: z.int(), message: z.string() }),
]);
export type Notice = z.infer<typeof noticeSchema>;

export function tell(notice: Notice): void {
  process.send?.(notice);
}
