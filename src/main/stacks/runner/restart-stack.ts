import { AppError, type Service, type Stack } from "../../../shared/domain/index.ts";
import type { Engine, OwnedThings, Progress } from "../../engines/index.ts";
import { startOrder } from "../order.ts";
import { Conditions, type Started } from "./conditions.ts";
import { ContainerWatch } from "./container-watch.ts";
import { dependentsToRestart } from "./dependents.ts";
import { composeLabels } from "./labels.ts";
import { projectLabel } from "./names.ts";
import { startServices } from "./start-services.ts";
import { stopInOrder } from "./stop-in-order.ts";

export interface RestartRequest {
  engine: Engine;
  stack: Stack;
  /** Names of services; all that are up when there are none. */
  services: readonly string[];
  onProgress: Progress;
  signal: AbortSignal;
}

/**
 * Stops services of a stack that is up and starts them again as they are, with those that say `restart: true` of one of them; comes
 * back when they are healthy. Changes of the file take effect with `up`, not here.
 * @throws AppError `bad-input` (no such service), `not-found` (not up), `engine-failed` (a service does not come up again),
 * `cancelled`, and what the engine throws.
 */
export async function restartStack(request: RestartRequest): Promise<{ name: string; containers: string[] }[]> {
  const { engine, stack, onProgress, signal } = request;
  const { containers } = await engine.listByLabel(projectLabel(stack.name));
  const chosen = chooseServices(stack, request.services, containers);
  signal.throwIfAborted();
  await stopInOrder({ engine, services: chosen, containers, onProgress });
  const created = startOrder(stack.services)
    .flat()
    .flatMap((service): Started[] => containersOf(service, containers).map(({ id }) => ({ service, containerId: id })));
  const again = created.filter(({ service }) => chosen.includes(service));
  const kept = new Set(created.filter((one) => !again.includes(one)).map(({ containerId }) => containerId));
  const watch = new ContainerWatch(engine, () => undefined);
  try {
    for (const { service, containerId } of created) watch.add(service.name, containerId);
    const conditions = new Conditions(engine, watch);
    await startServices({ engine, created, kept, conditions, onEvent: () => undefined, onProgress, signal });
    await Promise.all(again.map((started) => conditions.waitUntilUp(started, signal)));
  } catch (error) {
    throw signal.aborted ? new AppError("cancelled", "The restart was cancelled.", { cause: error }) : error;
  } finally {
    watch.close();
  }
  return again.map(({ service, containerId }) => ({ name: service.name, containers: [containerId] }));
}

function containersOf(service: Service, containers: OwnedThings["containers"]): OwnedThings["containers"] {
  return containers.filter(({ labels }) => labels[composeLabels.service] === service.name);
}

/** The named services, or all, of those that are up, and who is to be restarted with them. */
function chooseServices(
  stack: Stack,
  names: readonly string[],
  containers: OwnedThings["containers"],
): readonly Service[] {
  requireServices(stack, names);
  const up = stack.services.filter((service) => containersOf(service, containers).length > 0);
  const missing = names.filter((name) => !up.some((service) => service.name === name));
  if (up.length === 0 || missing.length > 0) throw notUp(stack, missing);
  if (names.length === 0) return up;
  const dependents = dependentsToRestart(stack.services, names).map(({ name }) => name);
  return up.filter(({ name }) => names.includes(name) || dependents.includes(name));
}

export function notUp(stack: Stack, missing: readonly string[]): AppError {
  const what = missing.length > 0 ? `${missing.join(", ")} of ${stack.name}` : stack.name;
  return new AppError("not-found", `There is no container of ${what} here.`, { hint: "Start it: bayplan up FILE." });
}

/** @throws AppError `bad-input` for a name that is none of the stack's services. */
export function requireServices(stack: Stack, names: readonly string[]): void {
  const known = new Set(stack.services.map(({ name }) => name));
  const unknown = names.filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  throw new AppError("bad-input", `${stack.name} has no service ${unknown.join(", ")}.`, {
    hint: `Its services: ${[...known].join(", ")}.`,
  });
}
