import * as z from "zod";
import { AppError, appErrorCodeSchema, type Failure, toFailure } from "../domain/index.ts";
import { errorDataSchema } from "./errors.ts";

const mappedErrorSchema = z.object({ code: appErrorCodeSchema, message: z.string(), data: errorDataSchema });
const wireErrorSchema = z.object({ code: z.string(), message: z.string() });

/**
 * Whatever a client of the contract throws, as the value that a face shows. A lost connection is `unreachable`; an
 * aborted call is `cancelled`, which is no failure: check for it before showing anything.
 */
export function failureOf(error: unknown): Failure {
  if (error instanceof AppError) return toFailure(error);
  const mapped = mappedErrorSchema.safeParse(error);
  if (mapped.success) return { code: mapped.data.code, message: mapped.data.message, hint: mapped.data.data.hint };
  if (isLostConnection(error)) {
    return {
      code: "unreachable",
      message: "The connection to Bayplan was lost.",
      hint: "Check that Bayplan still runs, then reload the page.",
    };
  }
  if (error instanceof Error && error.name === "AbortError") {
    return { code: "cancelled", message: "Cancelled.", hint: null };
  }
  const wire = wireErrorSchema.safeParse(error);
  if (wire.success && wire.data.code === "BAD_REQUEST") {
    return { code: "bad-input", message: "Bayplan could not read the request.", hint: "Reload the page." };
  }
  return {
    code: "internal",
    message: `Something went wrong in Bayplan${error instanceof Error ? `: ${error.message}` : ""}.`,
    hint: null,
  };
}

/**
 * oRPC ends what waits on a closed connection with an AbortError of its own, which must not pass for a cancel; its
 * sockets refuse to send with a plain Error. Both sentences are pinned by the contract suite.
 */
function isLostConnection(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.message.startsWith("[AsyncIdQueue]") || error.message.includes("WebSocket is not open");
}
