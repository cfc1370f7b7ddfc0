import { AppError, type Service, type Stack } from "../../../shared/domain/index.ts";
import type { AskEmulation, Engine, Progress } from "../../engines/index.ts";
import { formatOwner, type Owner } from "../../store/index.ts";
import { Conditions } from "./conditions.ts";
import { ContainerWatch } from "./container-watch.ts";
import { withPlatform } from "./image-platform.ts";
import { ensureImages, type PullPolicy } from "./images.ts";
import { ownerLabel, runLabel } from "./labels.ts";
import { Ledger } from "./ledger.ts";
import { makeContainers } from "./make-containers.ts";
import { projectLabel } from "./names.ts";
import type { OldContainers } from "./old-containers.ts";
import { type Placement, placeAsWritten } from "./placement.ts";
import { runCopy } from "./run-copy.ts";
import { RunningStack } from "./running-stack.ts";
import { makeSharedThings } from "./shared-things.ts";
import { type OnStackEvent, phaseEvent, type StackEvent } from "./stack-event.ts";
import { startServices } from "./start-services.ts";

export interface StartRequest {
  engine: Engine;
  stack: Stack;
  owner: Owner;
  /** Puts services into an envelope; without it they run as the file says. */
  place?: (service: Service) => Placement;
  /**
   * Labels for everything that is made. With `io.bayplan.run` it is a run: it lives no longer than its owner, under a
   * project name of its own with volumes of its own.
   */
  labels?: Record<string, string>;
  pullPolicy?: PullPolicy;
  /** `linux/arm64`: what services that say none are for; the engine's own unless told. */
  platform?: string | null;
  /** What the engine's kernel emulates; nobody is asked unless told. */
  emulation?: AskEmulation;
  /** By service: what else makes its container another one than before, for example what was copied to a device. */
  contents?: ReadonlyMap<string, string>;
  /** `healthy`: come back when the stack is healthy, and take it down again when it does not get there. */
  until?: "started" | "healthy";
  /** Removes containers of services that the file does not have any more; they are only told of unless it is set. */
  removeOrphans?: boolean;
  /** What else is taken back when the start fails, before the containers as they were start again. */
  takeBack?: () => Promise<void>;
  onProgress?: Progress;
  onEvent?: OnStackEvent;
  /** Aborting before this has come back takes everything down again; afterwards it only ends the waiting. */
  signal?: AbortSignal;
}

const keptEvents = 1000;

/**
 * Starts a stack on an engine, local or on a device: images, networks, volumes, containers in the order of their
 * dependencies. On failure and on abort all that was made is removed again, the last first, by its id. A stack that is
 * up already keeps its unchanged containers; those that are replaced go once the new ones are up, and come back when they fail.
 * @throws AppError `not-found` (image), `conflict` (port or name in use), `engine-failed` (a service ended or became
 * unhealthy while another one waited for it), `cancelled`, and what the engine throws.
 */
export async function startStack(request: StartRequest): Promise<RunningStack> {
  const signal = request.signal ?? new AbortController().signal;
  const events: StackEvent[] = [];
  const onEvent = (event: StackEvent) => {
    events.push(event);
    if (events.length > keptEvents) events.shift();
    request.onEvent?.(event);
  };
  const ledger = new Ledger();
  const watch = new ContainerWatch(request.engine, onEvent);
  try {
    signal.throwIfAborted();
    const { running, old } = await bringUp(request, { signal, events, onEvent, ledger, watch });
    if (request.until === "healthy") await running.whenHealthy;
    await old.remove();
    await old.settleOrphans(request.removeOrphans ?? false);
    return running;
  } catch (error) {
    watch.close();
    if (request.takeBack !== undefined) ledger.add("what was put in place", request.takeBack);
    const left = await ledger.undo();
    const failure = signal.aborted ? new AppError("cancelled", "The start was cancelled.", { cause: error }) : error;
    throw withLeftovers(failure, left);
  }
}

interface Tools {
  signal: AbortSignal;
  events: StackEvent[];
  onEvent: OnStackEvent;
  ledger: Ledger;
  watch: ContainerWatch;
}

async function bringUp(
  request: StartRequest,
  { signal, events, onEvent, ledger, watch }: Tools,
): Promise<{ running: RunningStack; old: OldContainers }> {
  const { engine, owner, place = placeAsWritten, onProgress = () => undefined } = request;
  const runId = request.labels?.[runLabel];
  const own = runId === undefined ? request.stack : runCopy(request.stack, runId);
  const stack = withPlatform(own, request.platform ?? null);
  const labels = { ...request.labels, [ownerLabel]: formatOwner(owner) };
  onEvent(phaseEvent("prepare", "Getting images"));
  const before = await engine.listByLabel(projectLabel(stack.name));
  const imageIds = await ensureImages({
    engine,
    stack,
    pullPolicy: request.pullPolicy ?? "missing",
    emulation: request.emulation ?? (async () => "unknown"),
    onProgress,
    signal,
  });
  onEvent(phaseEvent("create", "Creating networks, volumes and containers"));
  const shared = await makeSharedThings({ engine, stack, labels, before, ledger, onProgress, signal });
  const { created, kept, old } = await makeContainers({
    engine,
    stack,
    imageIds,
    place,
    labels,
    contents: request.contents ?? new Map(),
    before,
    ledger,
    onProgress,
    signal,
  });
  for (const { service, containerId } of created) watch.add(service.name, containerId);
  const conditions = new Conditions(engine, watch);
  onEvent(phaseEvent("start", "Starting services"));
  await startServices({ engine, created, kept, conditions, onEvent, onProgress, signal });
  const parts = { engine, project: stack.name, started: created, shared, watch, conditions, events, signal };
  return { running: new RunningStack(parts), old };
}

/** A failure that left something behind must say so. */
function withLeftovers(failure: unknown, left: readonly string[]): unknown {
  if (left.length === 0 || !(failure instanceof AppError)) return failure;
  const hint = `${failure.hint ?? ""} Could not be taken back: ${left.join("; ")}.`.trim();
  return new AppError(failure.code, failure.message, { hint, cause: failure });
}
