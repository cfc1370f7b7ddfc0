import * as z from "zod";
import { AppError, engineAccess, engineStart, type SshTarget } from "../../../shared/domain/index.ts";
import { saidWords } from "../../../shared/format/index.ts";
import { briefCause, parseOutsideJson, whatIsWrong } from "../outside-text.ts";

export function formatPlace(socketPath: string, target: SshTarget | null): string {
  return target === null ? socketPath : `${socketPath} on ${target.user}@${target.host}:${target.port}`;
}

/** An answer of the engine that is not a success: its status and its own words. */
export interface Refusal {
  status: number;
  words: string;
}

const refusalSchema = z.union([
  z.object({ message: z.string() }).transform(({ message }) => message),
  z.object({ error: z.string() }).transform(({ error }) => error),
]);

/** The words of a refusal's body: its `message`, as Docker and Podman send it, else the text itself. */
export function refusalWords(body: string): string {
  let words = body;
  try {
    const parsed = refusalSchema.safeParse(parseOutsideJson(body));
    if (parsed.success) words = parsed.data;
  } catch {
    // It is no JSON: then it is the text that it is.
  }
  return saidWords(words) || "it does not say why";
}

/**
 * A host port that is taken, in the engine's words: "Bind for 0.0.0.0:80 failed: port is already allocated" and
 * "listen tcp4 0.0.0.0:80: bind: address already in use".
 */
const takenPort = /:(\d+)(?: failed: port is already allocated|: bind: address already in use)/;

/** A container's name that is taken: Podman refuses it with 500, as if it had failed itself. */
const takenName = /\bname\b.{0,300}\bis (?:already )?in use\b/i;

/** The failure that a refusal means. `what` is the thing asked about, as it begins a sentence: `Container abc`. */
export function refusalError(refusal: Refusal, what: string, cause: unknown): AppError {
  const port = takenPort.exec(refusal.words)?.[1];
  if (port !== undefined) {
    return new AppError("conflict", `Port ${port} is already in use on the engine's machine.`, {
      hint: `Stop what listens on it (ss -ltnp 'sport = :${port}'), or publish another host port.`,
      cause,
    });
  }
  if (takenName.test(refusal.words)) return new AppError("conflict", `${what}: ${refusal.words}.`, { cause });
  switch (refusal.status) {
    case 404:
      return new AppError("not-found", `${what}: ${refusal.words}.`, { cause });
    case 409:
      return new AppError("conflict", `${what}: ${refusal.words}.`, { cause });
    default:
      return new AppError("engine-failed", `${what}: the engine refused (${refusal.status}): ${refusal.words}.`, {
        cause,
      });
  }
}

function errnoOf(error: unknown): string | null {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : null;
}

/** Why no answer came at all. `lost`: what the device's connection ended with, null while it is well or local. */
export function transportError(error: unknown, place: string, lost: AppError | null): AppError {
  if (error instanceof AppError) return error;
  if (lost !== null) return lost;
  const code = errnoOf(error);
  if (code === "EACCES" || code === "EPERM") {
    return new AppError("engine-denied", `The container engine's socket refuses this user (${place}).`, {
      hint: engineAccess(place, "$USER"),
      cause: error,
    });
  }
  if (code === "ENOENT" || code === "ECONNREFUSED" || code === "ENOTSOCK") {
    return new AppError("no-engine", `No container engine answers on ${place}.`, {
      hint: `Start it: ${engineStart(place)}.`,
      cause: error,
    });
  }
  // What node's parser of HTTP says (llhttp).
  if (code?.startsWith("HPE_") === true) {
    return new AppError("no-engine", `What answers on ${place} does not speak as a container engine does (${code}).`, {
      hint: "Look at what listens there: sudo ss -xlp.",
      cause: error,
    });
  }
  return new AppError("no-engine", `The container engine on ${place} went away (${code ?? String(error)}).`, {
    hint: "It was stopped or restarted; ask again when it is back.",
    cause: error,
  });
}

/** An answer that is not what the Docker API says. */
export function unreadableAnswer(what: string, cause: unknown): AppError {
  return new AppError("engine-failed", `${what}: the engine's answer cannot be read: ${whatIsWrong(cause)}.`, {
    cause: briefCause(cause),
  });
}
