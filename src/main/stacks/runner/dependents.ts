import type { Service } from "../../../shared/domain/index.ts";
import { startOrder } from "../order.ts";

/**
 * The services that are started again with the named ones (`depends_on` with `restart: true`, over any number of steps), without
 * those; who depends on another of them comes before it, so that they can be stopped in this order.
 */
export function dependentsToRestart(services: readonly Service[], names: readonly string[]): Service[] {
  const found = new Set(names);
  const order = startOrder(services).flat();
  for (const { name, dependsOn } of order) {
    if (dependsOn.some((other) => other.restart && found.has(other.service))) found.add(name);
  }
  return order.filter(({ name }) => found.has(name) && !names.includes(name)).reverse();
}
