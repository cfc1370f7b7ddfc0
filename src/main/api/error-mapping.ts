import { mapEventIterator, ORPCError } from "@orpc/client";
import { ValidationError } from "@orpc/contract";
import { AppError, type AppErrorCode, appErrorCodeSchema } from "../../shared/domain/index.ts";
import { logBug, type WriteLog } from "./bug-log.ts";

/** The part of an oRPC call that the mapping needs; `next` runs validation and handler. */
export interface MappedCall {
  readonly path: readonly string[];
  readonly signal?: AbortSignal | undefined;
  next(): Promise<unknown>;
}

/**
 * The one place where an error of the host becomes what a face may see; every transport runs each call through it.
 * An AppError keeps its code, sentence and hint; input that fits no schema is `bad-input`; an aborted call is
 * `cancelled`; anything else is a bug, is logged once and travels as `internal` with the id of its log entry only.
 * Errors inside a stream go the same way.
 */
export function mapErrors(write?: WriteLog): (call: MappedCall) => Promise<unknown> {
  return async (call) => {
    const toWire = (error: unknown) => wireErrorOf(error, call, write);
    try {
      const output = await call.next();
      return isStream(output)
        ? mapEventIterator(output, { value: async (item) => item, error: async (e) => toWire(e) })
        : output;
    } catch (error) {
      throw toWire(error);
    }
  };
}

type WireError = ORPCError<AppErrorCode, { hint: string | null }>;

function wireError(code: AppErrorCode, message: string, hint: string | null, cause: unknown): WireError {
  return new ORPCError(code, { defined: true, message, data: { hint }, cause });
}

function wireErrorOf(error: unknown, call: MappedCall, write: WriteLog | undefined): WireError {
  if (error instanceof AppError) return wireError(error.code, error.message, error.hint, error);
  if (isAbort(error, call.signal)) return wireError("cancelled", "Cancelled.", null, error);
  if (error instanceof ORPCError) {
    const known = appErrorCodeSchema.safeParse(error.code);
    // Thrown with a code of ours already: by a handler through oRPC's own constructors, or by a call inside a call.
    if (known.success) return wireError(known.data, error.message, hintOf(error.data), error);
    if (error.code === "BAD_REQUEST" && error.cause instanceof ValidationError) return badInput(error.cause, error);
  }
  const id = logBug(withIssues(error), call.path.join("."), write);
  return wireError(
    "internal",
    `Something went wrong in Bayplan (id ${id}).`,
    "The log has the details under this id.",
    error,
  );
}

function badInput(invalid: ValidationError, cause: unknown): WireError {
  const issue = invalid.issues[0];
  const place = issue === undefined ? "" : placeOf(issue.path);
  const what = place === "" ? "The input" : `The value of "${place}"`;
  const why = issue === undefined ? "" : ` (${issue.message})`;
  return wireError("bad-input", `${what} is not valid${why}.`, null, cause);
}

function placeOf(path: ValidationError["issues"][number]["path"]): string {
  return (path ?? []).map((part) => String(typeof part === "object" ? part.key : part)).join(".");
}

/** oRPC hides what was wrong with an output in the cause. Paths and messages only: the value may hold anything. */
function withIssues(error: unknown): unknown {
  if (!(error instanceof ORPCError) || !(error.cause instanceof ValidationError)) return error;
  const issues = error.cause.issues.map((issue) => `${placeOf(issue.path)}: ${issue.message}`);
  return new Error(`${error.message}: ${issues.join("; ")}`, { cause: error });
}

function hintOf(data: unknown): string | null {
  if (typeof data !== "object" || data === null || !("hint" in data)) return null;
  return typeof data.hint === "string" ? data.hint : null;
}

function isAbort(error: unknown, signal: AbortSignal | undefined): boolean {
  if (signal?.aborted === true && error === signal.reason) return true;
  return error instanceof Error && error.name === "AbortError";
}

function isStream(value: unknown): value is AsyncIterator<unknown> & AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value && "next" in value;
}
