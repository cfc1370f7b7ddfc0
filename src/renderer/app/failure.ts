import { ORPCError } from "@orpc/client";
import { errorDataSchema } from "../../shared/contract/index.ts";
import { appErrorCodeSchema, type Failure } from "../../shared/domain/index.ts";

/** Any error of a call as a value that can be shown: the host's own sentence and hint where it sent them. */
export function failureOf(error: unknown): Failure {
  if (error instanceof ORPCError) {
    const code = appErrorCodeSchema.safeParse(error.code);
    const data = errorDataSchema.safeParse(error.data);
    return {
      code: code.success ? code.data : "internal",
      message: code.success ? error.message : "Bayplan ran into a fault of its own.",
      hint: data.success ? data.data.hint : null,
    };
  }
  const message = error instanceof Error ? error.message : "The call failed.";
  return { code: "unreachable", message, hint: "Bayplan tries again by itself." };
}
