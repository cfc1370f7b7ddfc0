import { AppError } from "../../shared/domain/index.ts";

const reasons: Record<string, { why: string; hint: string }> = {
  EACCES: {
    why: "permission denied",
    hint: "Give this user access to it, or set BAYPLAN_HOME to a folder of your own.",
  },
  EPERM: {
    why: "permission denied",
    hint: "Give this user access to it, or set BAYPLAN_HOME to a folder of your own.",
  },
  EROFS: { why: "the disk is read-only", hint: "Set BAYPLAN_HOME to a folder that can be written." },
  ENOSPC: { why: "the disk is full", hint: "Free some space and try again. What was there before is unchanged." },
  EDQUOT: { why: "the quota is used up", hint: "Free some space and try again. What was there before is unchanged." },
  EISDIR: { why: "it is a folder", hint: "Name a file." },
  ENOTDIR: { why: "part of its path is a file", hint: "Set BAYPLAN_HOME to a folder." },
};

/** What the disk said, in words: `bad-input` where a person can do something about it, else the error as it was. */
export function storeError(what: string, error: unknown): unknown {
  const reason = reasons[codeOf(error)];
  if (reason === undefined) return error;
  return new AppError("bad-input", `${what}: ${reason.why}.`, { hint: reason.hint, cause: error });
}

/** The system's code of an error, as `ENOENT`; empty when it has none. */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}
