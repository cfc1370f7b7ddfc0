import type { Dependency } from "../../../shared/domain/index.ts";

/** Which services wait for which: all that the drawing needs to know of a stack. */
export interface GraphService {
  name: string;
  dependsOn: readonly { service: string; condition: Condition }[];
}

export type Condition = Dependency["condition"];

/** `to` waits for `from`. */
export interface Edge {
  from: string;
  to: string;
  condition: Condition;
}

export interface Layers {
  edges: Edge[];
  /** Names by how many services must have started before them at least; in the order of the file. */
  layers: string[][];
  /** Those that wait for nothing and that nothing waits for. */
  alone: string[];
}

/**
 * Puts services into layers by the longest way to them, so that whatever a service waits for stands left of it. An edge to a
 * service that is not there, or that closes a circle, is left out: no stack that can be read has one.
 */
export function graphLayers(services: readonly GraphService[]): Layers {
  const names = new Set(services.map(({ name }) => name));
  const all = services.flatMap(({ name, dependsOn }): Edge[] =>
    dependsOn
      .filter(({ service }) => names.has(service) && service !== name)
      .map(({ service, condition }) => ({ from: service, to: name, condition })),
  );
  const depth = longestWays(services, all);
  const edges = all.filter(({ from, to }) => (depth.get(from) ?? 0) < (depth.get(to) ?? 0));
  const connected = new Set(edges.flatMap(({ from, to }) => [from, to]));
  const layers: string[][] = [];
  for (const { name } of services) {
    if (!connected.has(name)) continue;
    const layer = depth.get(name) ?? 0;
    while (layers.length <= layer) layers.push([]);
    layers[layer]?.push(name);
  }
  return { edges, layers, alone: services.flatMap(({ name }) => (connected.has(name) ? [] : [name])) };
}

function longestWays(services: readonly GraphService[], edges: readonly Edge[]): Map<string, number> {
  const waitsFor = new Map(services.map(({ name }) => [name, new Set<string>()]));
  const waitedBy = new Map<string, string[]>();
  for (const { from, to } of edges) {
    waitsFor.get(to)?.add(from);
    waitedBy.set(from, [...(waitedBy.get(from) ?? []), to]);
  }
  const depth = new Map<string, number>();
  const open = new Map([...waitsFor].map(([name, others]) => [name, others.size]));
  let ready = services.filter(({ name }) => open.get(name) === 0).map(({ name }) => name);
  while (depth.size < services.length) {
    // Services in a circle: the first in the file goes first.
    if (ready.length === 0)
      ready = services
        .filter(({ name }) => !depth.has(name))
        .slice(0, 1)
        .map(({ name }) => name);
    const next: string[] = [];
    for (const name of ready) {
      if (depth.has(name)) continue;
      const before = [...(waitsFor.get(name) ?? [])].map((other) => depth.get(other) ?? -1);
      depth.set(name, Math.max(-1, ...before) + 1);
      for (const other of new Set(waitedBy.get(name))) {
        const left = (open.get(other) ?? 0) - 1;
        open.set(other, left);
        if (left === 0) next.push(other);
      }
    }
    ready = next;
  }
  return depth;
}
