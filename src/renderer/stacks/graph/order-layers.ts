import type { Edge } from "./graph-layers.ts";

/** A place in a layer: a service, or where an edge passes a layer between its ends. */
export interface Slot {
  id: string;
  /** Null: only an edge passes here. */
  service: string | null;
}

/** An edge as the slots that it goes through, from left to right. */
export interface Route {
  edge: Edge;
  slots: string[];
}

export interface OrderedLayers {
  layers: Slot[][];
  routes: Route[];
}

const sweeps = 8;

/** Orders each layer so that edges cross little: every slot goes to the middle of its neighbours, some times to and fro. */
export function orderLayers(layers: readonly (readonly string[])[], edges: readonly Edge[]): OrderedLayers {
  const slots = layers.map((layer) => layer.map((service): Slot => ({ id: service, service })));
  const routes = edges.map((edge, index) => routeOf(edge, index, slots));
  const left = new Map<string, string[]>();
  const right = new Map<string, string[]>();
  for (const { slots: way } of routes) {
    way.slice(1).forEach((id, index) => {
      const before = way[index] ?? id;
      left.set(id, [...(left.get(id) ?? []), before]);
      right.set(before, [...(right.get(before) ?? []), id]);
    });
  }
  let best = slots.map((layer) => [...layer]);
  let fewest = crossings(best, right);
  let current = best;
  for (let sweep = 0; sweep < sweeps && fewest > 0; sweep += 1) {
    current = sweep % 2 === 0 ? swept(current, left, 1) : swept(current, right, -1);
    const count = crossings(current, right);
    if (count < fewest) {
      fewest = count;
      best = current;
    }
  }
  return { layers: best, routes };
}

function routeOf(edge: Edge, index: number, slots: Slot[][]): Route {
  const layerOf = (name: string) => slots.findIndex((layer) => layer.some(({ service }) => service === name));
  const way = [edge.from];
  for (let layer = layerOf(edge.from) + 1; layer < layerOf(edge.to); layer += 1) {
    // A space cannot stand in the name of a service.
    const id = `${index} ${layer}`;
    slots[layer]?.push({ id, service: null });
    way.push(id);
  }
  return { edge, slots: [...way, edge.to] };
}

function swept(layers: Slot[][], neighbours: ReadonlyMap<string, string[]>, step: 1 | -1): Slot[][] {
  const result = [...layers];
  const first = step === 1 ? 1 : layers.length - 2;
  for (let at = first; at >= 0 && at < layers.length; at += step) {
    const positions = new Map((result[at - step] ?? []).map(({ id }, index) => [id, index]));
    const middle = new Map(
      (result[at] ?? []).map(({ id }, index) => {
        const own = (neighbours.get(id) ?? []).map((other) => positions.get(other) ?? 0);
        return [id, own.length === 0 ? index : own.reduce((sum, value) => sum + value, 0) / own.length];
      }),
    );
    result[at] = (result[at] ?? []).toSorted((a, b) => (middle.get(a.id) ?? 0) - (middle.get(b.id) ?? 0));
  }
  return result;
}

/** How often edges between neighbouring layers cross. */
export function crossings(layers: readonly (readonly Slot[])[], right: ReadonlyMap<string, string[]>): number {
  let count = 0;
  for (const [at, layer] of layers.entries()) {
    const positions = new Map((layers[at + 1] ?? []).map(({ id }, index) => [id, index]));
    const ends: number[] = [];
    for (const { id } of layer) {
      const own = (right.get(id) ?? []).map((other) => positions.get(other) ?? 0);
      for (const end of own) count += ends.filter((before) => before > end).length;
      ends.push(...own);
    }
  }
  return count;
}
