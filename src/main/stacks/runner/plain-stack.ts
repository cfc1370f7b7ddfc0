import { AppError, type Service, type Stack } from "../../../shared/domain/index.ts";
import type { ContainerSpec, Engine, Loss, Progress } from "../../engines/index.ts";
import { startOrder } from "../order.ts";
import { containerSpec } from "./container-spec.ts";
import { dependentsToRestart } from "./dependents.ts";
import { defaultGraceMs } from "./grace.ts";
import { Ledger } from "./ledger.ts";
import { containerName } from "./names.ts";
import { placeAsWritten } from "./placement.ts";
import { type RemovedCounts, removeThings } from "./remove-things.ts";
import { notUp, type RestartRequest, requireServices } from "./restart-stack.ts";
import { aboutService } from "./start-services.ts";

/** Something of a service that is not there when it runs on this engine. */
export interface ServiceLoss extends Loss {
  service: string;
}

export interface PlainRequest {
  engine: Engine;
  stack: Stack;
  /** False: a stack that would lose something is refused, and all of it is told as progress. */
  acceptLosses: boolean;
  onProgress: Progress;
  signal: AbortSignal;
}

interface Planned {
  service: Service;
  spec: ContainerSpec;
}

/**
 * Starts a stack on an engine that has neither labels nor networks (Kanto): each service a container of its own, in the
 * order of their dependencies, known by its name alone. On failure and on abort what was made is removed again.
 * @throws AppError `unsupported` (what would be lost, and is not accepted; a service that is built), `conflict` (a name is
 * taken), `engine-failed` (a service ended at once), `cancelled`, and what the engine throws.
 */
export async function startPlainStack(
  request: PlainRequest,
): Promise<{ services: { name: string; containers: string[] }[]; losses: ServiceLoss[] }> {
  const { engine, stack, acceptLosses, onProgress, signal } = request;
  const { planned, losses } = planOf(engine, stack);
  if (losses.length > 0 && !acceptLosses) {
    for (const { service, field, why } of losses) onProgress(`${service}: without ${field}, since ${why}`);
    throw notAsWritten(stack, losses);
  }
  await requireFreeNames(engine, planned);
  const ledger = new Ledger();
  try {
    const services: { name: string; containers: string[] }[] = [];
    for (const { service, spec } of planned) {
      signal.throwIfAborted();
      onProgress(`Creating ${spec.name}`);
      try {
        const id = await engine.createContainer(spec);
        ledger.add(`the container ${spec.name}`, () => engine.removeContainer(id));
        await engine.startContainer(id);
        services.push({ name: service.name, containers: [id] });
      } catch (error) {
        throw aboutService(service, "could not be started", error);
      }
    }
    await requireRunning(engine, services, "What was made is removed again. ");
    signal.throwIfAborted();
    return { services, losses };
  } catch (error) {
    const left = await ledger.undo();
    const failure = signal.aborted ? new AppError("cancelled", "The start was cancelled.", { cause: error }) : error;
    if (left.length === 0 || !(failure instanceof AppError)) throw failure;
    const hint = `${failure.hint ?? ""} Could not be removed: ${left.join("; ")}.`.trim();
    throw new AppError(failure.code, failure.message, { hint, cause: failure });
  }
}

/** Removes the containers of a stack by their names, which are all that such an engine knows of them. */
export async function removePlainStack(engine: Engine, stack: Stack): Promise<RemovedCounts> {
  const names = new Set(stack.services.map((service) => containerName(stack, service)));
  const containers = (await engine.listContainers())
    .filter(({ name }) => names.has(name))
    .map(({ id, name, state }) => ({
      id,
      name,
      labels: {},
      running: state === "running" || state === "paused",
      hasRun: state !== "created",
    }));
  return removeThings(engine, { containers, networks: [], volumes: [] });
}

/**
 * Stops the containers of services and starts them again, known by their names; all services when none is named.
 * @throws AppError `bad-input` (no such service), `not-found` (not up), `engine-failed` (one does not run afterwards).
 */
export async function restartPlainStack({
  engine,
  stack,
  services: names,
  onProgress,
  signal,
}: RestartRequest): Promise<{ name: string; containers: string[] }[]> {
  requireServices(stack, names);
  const dependents = dependentsToRestart(stack.services, names).map(({ name }) => name);
  const containers = await engine.listContainers();
  const chosen = startOrder(stack.services)
    .flat()
    .filter(({ name }) => names.length === 0 || names.includes(name) || dependents.includes(name))
    .flatMap((service) => {
      const found = containers.find(({ name }) => name === containerName(stack, service));
      return found === undefined ? [] : [{ service, id: found.id }];
    });
  const missing = names.filter((name) => !chosen.some(({ service }) => service.name === name));
  if (chosen.length === 0 || missing.length > 0) throw notUp(stack, missing);
  for (const { service, id } of chosen.toReversed()) {
    signal.throwIfAborted();
    onProgress(`Stopping ${service.name}`);
    await engine.stopContainer(id, service.stopGraceMs ?? defaultGraceMs);
  }
  for (const { service, id } of chosen) {
    onProgress(`Starting ${service.name}`);
    await engine.startContainer(id);
  }
  const restarted = chosen.map(({ service, id }) => ({ name: service.name, containers: [id] }));
  await requireRunning(engine, restarted);
  return restarted;
}

function planOf(engine: Engine, stack: Stack): { planned: Planned[]; losses: ServiceLoss[] } {
  const losses: ServiceLoss[] = [];
  const planned = startOrder(stack.services)
    .flat()
    .map((service): Planned => {
      if (service.build !== null) throw notBuilt(service);
      const whole = containerSpec({
        stack,
        service,
        imageId: "",
        placement: placeAsWritten(service),
        labels: {},
        containerIds: new Map(),
        filesDigest: "",
      });
      // Alone there is nobody to be found by, and nobody to find.
      const networks = stack.services.length === 1 ? [] : whole.networks;
      const { spec, losses: lost } = engine.express({ ...whole, labels: service.labels, networks });
      losses.push(
        ...[...lost, ...lostWaits(service), ...lostHooks(service)].map((loss) => ({ service: service.name, ...loss })),
      );
      return { service, spec };
    });
  return { planned, losses };
}

function lostWaits({ dependsOn }: Service): Loss[] {
  return dependsOn.flatMap(({ service, condition }) => {
    if (condition === "service_started") return [];
    const what = condition === "service_healthy" ? "health" : "end";
    return [{ field: `waiting for the ${what} of ${service}`, why: "only the order of starting is kept" }];
  });
}

function lostHooks({ hooks }: Service): Loss[] {
  if (hooks === undefined) return [];
  return [{ field: "post_start and pre_stop", why: "it runs no commands in containers" }];
}

/** A name is taken by what was up before, or by somebody else's container: without labels nobody can tell. */
async function requireFreeNames(engine: Engine, planned: readonly Planned[]): Promise<void> {
  const taken = new Set((await engine.listContainers()).map(({ name }) => name));
  const [first] = planned.filter(({ spec }) => taken.has(spec.name));
  if (first === undefined) return;
  throw new AppError("conflict", `There is a container ${first.spec.name} already.`, {
    hint: "If it is this stack's own, take it down first: bayplan down FILE --on DEVICE.",
  });
}

async function requireRunning(
  engine: Engine,
  services: readonly { name: string; containers: string[] }[],
  aftermath = "",
): Promise<void> {
  const containers = await engine.listContainers();
  for (const { name, containers: ids } of services) {
    const found = containers.find(({ id }) => ids.includes(id));
    const isWell = found?.state === "running" || (found?.state === "exited" && found.exitCode === 0);
    if (isWell) continue;
    throw new AppError("engine-failed", `The service ${name} was started, and is ${found?.state ?? "gone"}.`, {
      hint: `${aftermath}Start it alone to read its log: bayplan create, then bayplan logs.`,
    });
  }
}

function notAsWritten(stack: Stack, losses: readonly ServiceLoss[]): AppError {
  const services = [...new Set(losses.map(({ service }) => service))];
  const list = services.map((name) => {
    const fields = losses.filter(({ service }) => service === name).map(({ field }) => field);
    return `${name} without ${fields.join(", ")}`;
  });
  return new AppError(
    "unsupported",
    `This engine cannot run ${stack.name} as it is written, only ${list.join("; ")}.`,
    {
      hint: "Say --accept-losses to run it so, change the file, or take a device with Docker or Podman.",
    },
  );
}

function notBuilt({ name }: Service): AppError {
  return new AppError("unsupported", `The service ${name} is built from a folder, and this engine builds no images.`, {
    hint: "Build it, push it to a registry that the device reaches, and name it with `image` instead of `build`.",
  });
}
