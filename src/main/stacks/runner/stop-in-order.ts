import type { Service } from "../../../shared/domain/index.ts";
import type { Engine, OwnedThings, Progress } from "../../engines/index.ts";
import { startOrder } from "../order.ts";
import { stopService } from "./hooks.ts";
import { composeLabels } from "./labels.ts";

export interface StopInOrder {
  engine: Engine;
  /** Those that the containers are of; what is of none of them is left alone. */
  services: readonly Service[];
  containers: OwnedThings["containers"];
  onProgress: Progress;
}

/** Stops the running containers of services, who depends on another before it; each has its own grace, or 10 s. */
export async function stopInOrder({ engine, services, containers, onProgress }: StopInOrder): Promise<void> {
  const names = new Set(services.map(({ name }) => name));
  const known = services.map((service) => ({
    ...service,
    dependsOn: service.dependsOn.filter((other) => names.has(other.service)),
  }));
  for (const group of startOrder(known).reverse()) {
    const stops = group.flatMap((service) =>
      containers
        .filter(({ running, labels }) => running && labels[composeLabels.service] === service.name)
        .map(async ({ id, name }) => {
          onProgress(`Stopping ${name}`);
          await stopService({ engine, service, containerId: id, onProgress });
        }),
    );
    await Promise.all(stops);
  }
}
