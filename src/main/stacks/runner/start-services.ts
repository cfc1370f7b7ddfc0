import { AppError, type Service } from "../../../shared/domain/index.ts";
import type { Engine, Progress } from "../../engines/index.ts";
import type { Conditions, Started } from "./conditions.ts";
import { runPostStart } from "./hooks.ts";
import { type OnStackEvent, serviceEvent } from "./stack-event.ts";

export interface StartServices {
  engine: Engine;
  created: readonly Started[];
  /** Containers that already run and are left as they are. */
  kept: ReadonlySet<string>;
  conditions: Conditions;
  onEvent: OnStackEvent;
  onProgress: Progress;
  signal: AbortSignal;
}

/**
 * Starts every container as soon as what it waits for is there; services without a tie start side by side.
 * The first failure stops the others, and it is thrown after all of them have come to rest.
 */
export async function startServices(request: StartServices): Promise<void> {
  const failing = new AbortController();
  const signal = AbortSignal.any([request.signal, failing.signal]);
  const starts = new Map<string, Promise<void>>();
  // The services come in start order, so the promise of each dependency is there before it is asked for.
  for (const started of request.created) {
    const start = startOne(request, started, starts, signal);
    starts.set(started.service.name, start);
    start.catch((error: unknown) => failing.abort(error));
  }
  await Promise.allSettled(starts.values());
  if (failing.signal.aborted) throw failing.signal.reason;
}

async function startOne(
  { engine, created, kept, conditions, onEvent, onProgress }: StartServices,
  { service, containerId }: Started,
  starts: ReadonlyMap<string, Promise<void>>,
  signal: AbortSignal,
): Promise<void> {
  await Promise.all(
    service.dependsOn.map(async ({ service: name, condition }) => {
      await starts.get(name);
      const dependency = created.find((other) => other.service.name === name);
      if (dependency !== undefined) await conditions.waitFor(dependency, condition, signal);
    }),
  );
  signal.throwIfAborted();
  if (kept.has(containerId)) return;
  onProgress(`Starting ${service.name}`);
  try {
    await engine.startContainer(containerId);
  } catch (error) {
    throw aboutService(service, "could not be started", error);
  }
  await runPostStart({ engine, service, containerId, onProgress }, signal);
  onEvent(serviceEvent("started", Date.now(), service.name, containerId, `${service.name} was started`));
}

/** The engine's refusal with the service's name in front; anything but an expected failure stays as it is. */
export function aboutService(service: Service, what: string, error: unknown): unknown {
  if (!(error instanceof AppError)) return error;
  const hint = error.hint === null ? {} : { hint: error.hint };
  return new AppError(error.code, `The service ${service.name} ${what}: ${error.message}`, { ...hint, cause: error });
}
