import * as z from "zod";
import { failureSchema } from "./app-error.ts";

/**
 * The answer of one device among many. Trouble with one of them is a value and not a throw,
 * so that an empty list only ever means "asked, and there are none".
 */
export function outcomeSchema<T extends z.ZodType>(value: T) {
  return z.discriminatedUnion("ok", [
    z.object({ ok: z.literal(true), atMs: z.number(), value }),
    z.object({ ok: z.literal(false), atMs: z.number(), failure: failureSchema }),
  ]);
}

export type Outcome<T> =
  | { ok: true; atMs: number; value: T }
  | { ok: false; atMs: number; failure: z.infer<typeof failureSchema> };
