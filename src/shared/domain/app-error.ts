import * as z from "zod";

/**
 * Every way in which Bayplan can fail as expected. The list is closed: docs/errors.md explains each one.
 * A failure that fits none is a bug and becomes `internal` at the door.
 */
export const appErrorCodes = [
  "bad-input",
  "not-found",
  "conflict",
  "unsupported",
  "unreachable",
  "auth-failed",
  "key-unknown",
  "key-changed",
  "no-engine",
  "engine-denied",
  "engine-failed",
  "timed-out",
  "cancelled",
  "internal",
] as const;

export const appErrorCodeSchema = z.enum(appErrorCodes);
export type AppErrorCode = z.infer<typeof appErrorCodeSchema>;

/** What a failure looks like as a value: on the wire, in `--json`, inside an Outcome. */
export const failureSchema = z.object({
  code: appErrorCodeSchema,
  message: z.string(),
  hint: z.string().nullable(),
});
export type Failure = z.infer<typeof failureSchema>;

/** An expected failure: a code, a sentence for people, and a hint that says what to do. */
export class AppError extends Error {
  readonly code: AppErrorCode;
  readonly hint: string | null;

  constructor(code: AppErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = "AppError";
    this.code = code;
    this.hint = options.hint ?? null;
  }
}

/** The plain value of an expected failure. */
export function toFailure(error: AppError): Failure {
  return { code: error.code, message: error.message, hint: error.hint };
}

const exitCodes: Record<AppErrorCode, number> = {
  "bad-input": 2,
  "not-found": 2,
  conflict: 2,
  unsupported: 2,
  unreachable: 3,
  "auth-failed": 3,
  "key-unknown": 3,
  "key-changed": 3,
  "no-engine": 3,
  "engine-denied": 3,
  "engine-failed": 3,
  "timed-out": 3,
  cancelled: 130,
  internal: 4,
};

/** The exit status of the command line for a failure, as docs/errors.md lists them. */
export function exitCodeOf(code: AppErrorCode): number {
  return exitCodes[code];
}
