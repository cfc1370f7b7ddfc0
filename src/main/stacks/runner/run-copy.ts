import type { Stack } from "../../../shared/domain/index.ts";
import { imageName } from "./names.ts";

/** So much of a run's id tells runs apart and keeps container names readable. */
const idLetters = 8;

/**
 * The stack under a project name of its own for a run, so that a run neither touches the data and containers of the
 * same stack that is up, nor finds what an earlier run has left in its volumes. Images keep their names. A copy for the same run
 * stays as it is.
 */
export function runCopy(stack: Stack, runId: string): Stack {
  const suffix = runId
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "")
    .slice(-idLetters);
  const ending = `-run-${suffix}`;
  if (stack.name.endsWith(ending)) return stack;
  return {
    ...stack,
    name: `${stack.name}${ending}`,
    services: stack.services.map((service) => ({ ...service, image: imageName(stack, service) })),
  };
}
