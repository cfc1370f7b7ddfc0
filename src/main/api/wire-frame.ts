import * as z from "zod";

/** The largest request frame that is read, in bytes: requests are small, only answers are long. */
export const maxFrameBytes = 1024 * 1024;

const request = 1;
const event = 3;
const abort = 4;

/**
 * What a face may send, as oRPC's peer protocol writes it: a call (`t` absent), an event of an input stream, or an
 * abort. Parsed here because oRPC throws at a frame it cannot read, and on a port nobody would catch that.
 */
const frameSchema = z.discriminatedUnion("t", [
  z.object({
    i: z.string().min(1).max(64),
    t: z.literal(request).optional(),
    p: z.object({ u: z.string().regex(/^\/(?!\/)/) }),
  }),
  z.object({
    i: z.string().min(1).max(64),
    t: z.literal(event),
    p: z.object({ e: z.enum(["message", "error", "done"]) }),
  }),
  z.object({ i: z.string().min(1).max(64), t: z.literal(abort) }),
]);

/** True for a frame that is text and that the peer can read. Binary frames carry files; the contract has none. */
export function isReadableFrame(data: unknown): data is string {
  if (typeof data !== "string" || data.length > maxFrameBytes) return false;
  try {
    return frameSchema.safeParse(JSON.parse(data)).success;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
