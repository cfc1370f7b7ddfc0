import type { Dependency, Service } from "../../shared/domain/index.ts";

type Dependent = Pick<Service, "name"> & { readonly dependsOn: readonly Pick<Dependency, "service">[] };

/** Names of services that wait for each other, the first one again at the end; null when there is no circle. */
export function findCycle(services: readonly Dependent[]): string[] | null {
  const byName = new Map(services.map((service) => [service.name, service]));
  const done = new Set<string>();
  const path = new Map<string, Iterator<string>>();
  for (const { name: start } of services) {
    // A stack of its own instead of recursion: a file may hold thousands of services in one chain.
    let current: string | undefined = start;
    while (current !== undefined && !done.has(start)) {
      if (!path.has(current)) path.set(current, dependenciesOf(byName.get(current)).values());
      const next = path.get(current)?.next();
      if (next === undefined || next.done === true) {
        done.add(current);
        path.delete(current);
        current = [...path.keys()].at(-1);
      } else if (path.has(next.value)) {
        const names = [...path.keys()];
        return [...names.slice(names.indexOf(next.value)), next.value];
      } else if (!done.has(next.value)) current = next.value;
    }
  }
  return null;
}

function dependenciesOf(service: Dependent | undefined): string[] {
  return service?.dependsOn.map((dependency) => dependency.service) ?? [];
}

/**
 * Services in the order in which they may start: groups whose members only depend on earlier groups.
 * The services must not wait for each other in a circle, nor for one that is not there.
 */
export function startOrder<T extends Dependent>(services: readonly T[]): T[][] {
  const groups: T[][] = [];
  const started = new Set<string>();
  let waiting = [...services];
  while (waiting.length > 0) {
    const ready = waiting.filter((service) => dependenciesOf(service).every((name) => started.has(name)));
    if (ready.length === 0) throw new Error("services wait for each other or for one that is not there");
    groups.push(ready);
    for (const { name } of ready) started.add(name);
    waiting = waiting.filter(({ name }) => !started.has(name));
  }
  return groups;
}
