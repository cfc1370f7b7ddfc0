import type { AnyContractRouter } from "@orpc/contract";
import { createRouterClient, type Router, type RouterClient } from "@orpc/server";
import type { WriteLog } from "./bug-log.ts";
import { mapErrors } from "./error-mapping.ts";

/** A router whose calls need no context: what every door is given. */
export type ServedRouter = Router<AnyContractRouter, Record<never, never>>;

/**
 * A client in the same process, for the command line and tests. Input and output are validated and errors mapped as
 * over a wire, so that a face behaves the same whichever way it reaches the host.
 */
export function createDirectClient<R extends ServedRouter>(
  router: R,
  options?: { write?: WriteLog },
): RouterClient<R, Record<never, never>>;
export function createDirectClient(router: ServedRouter, options: { write?: WriteLog } = {}) {
  return createRouterClient<ServedRouter, Record<never, never>>(router, { interceptors: [mapErrors(options.write)] });
}
