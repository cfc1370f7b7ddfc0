import { AppError, type Dependency, type Service } from "../../../shared/domain/index.ts";
import type { ContainerInspection, Engine } from "../../engines/index.ts";
import type { ContainerWatch } from "./container-watch.ts";
import { lastLogLines } from "./last-log-lines.ts";

/** A container that ended this often is not coming up; until then its restart policy may have another try. */
const maxRestarts = 3;

export interface Started {
  service: Service;
  containerId: string;
}

/** Waits until a started service is what a dependent needs, or the stack counts as healthy. */
export class Conditions {
  constructor(
    readonly engine: Engine,
    readonly watch: ContainerWatch,
  ) {}

  /** @throws AppError `engine-failed` naming the service and its last log lines when it ends or becomes unhealthy. */
  async waitFor(started: Started, condition: Dependency["condition"], signal: AbortSignal): Promise<void> {
    if (condition === "service_started") return;
    await this.watch.until(async () => {
      const container = await this.engine.inspectContainer(started.containerId);
      return condition === "service_healthy"
        ? await this.#isHealthy(started, container)
        : await this.#isCompleted(started, container);
    }, signal);
  }

  /** Running, and healthy where there is a check; one that was meant to end and did so without error is fine too. */
  async waitUntilUp(started: Started, signal: AbortSignal): Promise<void> {
    await this.watch.until(async () => {
      const container = await this.engine.inspectContainer(started.containerId);
      await this.#refuseTrouble(started, container, true);
      if (!container.running) return container.exitCode === 0 && !mayRestart(started.service, container) ? true : null;
      return isAlive(container) && (container.health === "none" || container.health === "healthy") ? true : null;
    }, signal);
  }

  async #isHealthy(started: Started, container: ContainerInspection): Promise<true | null> {
    const { name } = started.service;
    if (isAlive(container) && container.health === "none") {
      const message = `A service waits for \`${name}\` to be healthy, but neither the file nor its image has a check.`;
      throw new AppError("bad-input", message, { hint: `Add a \`healthcheck\` to \`${name}\`.` });
    }
    await this.#refuseTrouble(started, container, false);
    return isAlive(container) && container.health === "healthy" ? true : null;
  }

  async #isCompleted(started: Started, container: ContainerInspection): Promise<true | null> {
    if (container.running || container.exitCode === null) return null;
    if (container.exitCode === 0) return true;
    await this.#refuseTrouble(started, container, false);
    return null;
  }

  async #refuseTrouble(
    { service, containerId }: Started,
    container: ContainerInspection,
    mayEnd: boolean,
  ): Promise<void> {
    const { running, exitCode, health, restarts, oomKilled } = container;
    // Before its first start a container is neither running nor has it ended.
    const hasEnded = !running && exitCode !== null && !(mayEnd && exitCode === 0) && !mayRestart(service, container);
    const trouble = hasEnded
      ? `ended with exit code ${exitCode}${oomKilled ? " after it ran out of memory" : ""}`
      : restarts >= maxRestarts && health !== "healthy"
        ? `was started again ${restarts} times and keeps ending`
        : isAlive(container) && health === "unhealthy"
          ? "became unhealthy"
          : null;
    if (trouble === null) return;
    const log = await lastLogLines(this.engine, containerId);
    const hint = `Run its command by hand, or read its whole log with \`docker logs ${container.name}\`.`;
    throw new AppError("engine-failed", `The service ${service.name} ${trouble}. ${log}`, { hint });
  }
}

/** An engine calls a container that waits for its next restart running too, without a process and unhealthy. */
function isAlive({ running, pid }: ContainerInspection): boolean {
  return running && pid !== null;
}

/** True when the engine is going to start an ended container again. */
function mayRestart({ restart }: Service, { exitCode, restarts }: ContainerInspection): boolean {
  if (restart.policy === "no") return false;
  if (restart.policy !== "on-failure") return true;
  return exitCode !== 0 && (restart.maximumRetries === null || restarts < restart.maximumRetries);
}
