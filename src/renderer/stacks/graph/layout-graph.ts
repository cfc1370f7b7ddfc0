import { type Condition, type GraphService, graphLayers } from "./graph-layers.ts";
import { orderLayers, type Slot } from "./order-layers.ts";

/** The measures of a drawing, in pixels. */
export interface Measures {
  nodeWidth: number;
  nodeHeight: number;
  /** Between the layers, where the edges run. */
  layerGap: number;
  rowGap: number;
  margin: number;
  /** How wide the drawing may be before services that stand alone go to the next row. */
  width: number;
}

/** A service in the drawing, by its upper left corner. */
export interface PlacedNode {
  name: string;
  x: number;
  y: number;
  layer: number;
}

export interface PlacedEdge {
  from: string;
  to: string;
  condition: Condition;
  /** An SVG path from the right side of the one to the left side of the other. */
  path: string;
  /** The middle of the last piece, for a mark. */
  markX: number;
  markY: number;
}

export interface GraphLayout {
  width: number;
  height: number;
  nodes: PlacedNode[];
  edges: PlacedEdge[];
  /** Where the services that stand alone begin; null when there are none, or nothing else. */
  aloneY: number | null;
}

/** The room of a caption above the services that stand alone. */
const captionHeight = 28;
/** An edge that only passes a layer needs little room there. */
const passHeight = 10;

/** Lays services out from left to right by what they wait for; those without any tie stand in rows below. */
export function layoutGraph(services: readonly GraphService[], measures: Measures): GraphLayout {
  const { nodeWidth, nodeHeight, layerGap, rowGap, margin } = measures;
  const { edges, layers, alone } = graphLayers(services);
  const ordered = orderLayers(layers, edges);
  const heightOf = ({ service }: Slot) => (service === null ? passHeight : nodeHeight);
  const middles = new Map<string, number>();
  const neighbours = neighboursOf(ordered.routes.map(({ slots }) => slots));
  const fullHeight = Math.max(
    0,
    ...ordered.layers.map((layer) => layer.reduce((sum, slot) => sum + heightOf(slot) + rowGap, -rowGap)),
  );
  const room = { heightOf, rowGap, fullHeight };
  for (const layer of ordered.layers) stack(layer, middles, neighbours, room);
  // What was placed first did not know yet what stands right of it.
  for (const layer of ordered.layers.toReversed()) stack(layer, middles, neighbours, room);
  const middleOf = (id: string) => (middles.get(id) ?? 0) + margin;
  const xOf = (layer: number) => margin + layer * (nodeWidth + layerGap);
  const nodes = ordered.layers.flatMap((layer, index) =>
    layer.flatMap(({ service }): PlacedNode[] =>
      service === null ? [] : [{ name: service, x: xOf(index), y: middleOf(service) - nodeHeight / 2, layer: index }],
    ),
  );
  const layerOf = new Map(ordered.layers.flatMap((layer, index) => layer.map(({ id }) => [id, index] as const)));
  const placed = ordered.routes.map(({ edge, slots }): PlacedEdge => {
    const points = slots.map((id) => ({ x: xOf(layerOf.get(id) ?? 0), y: middleOf(id) }));
    return { ...edge, ...draw(points, nodeWidth) };
  });
  const bottom = Math.max(margin, ...nodes.map(({ y }) => y + nodeHeight));
  const caption = nodes.length > 0 && alone.length > 0 ? captionHeight : 0;
  const aloneTop = (nodes.length > 0 ? bottom + rowGap : margin) + caption;
  const columns = Math.max(1, Math.floor((measures.width - 2 * margin + rowGap) / (nodeWidth + rowGap)));
  const lonely = alone.map(
    (name, index): PlacedNode => ({
      name,
      x: margin + (index % columns) * (nodeWidth + rowGap),
      y: aloneTop + Math.floor(index / columns) * (nodeHeight + rowGap),
      layer: 0,
    }),
  );
  const all = [...nodes, ...lonely];
  return {
    width: Math.max(0, ...all.map(({ x }) => x + nodeWidth)) + margin,
    height: Math.max(0, ...all.map(({ y }) => y + nodeHeight)) + margin,
    nodes: all,
    edges: placed,
    aloneY: caption === 0 ? null : aloneTop - caption,
  };
}

function neighboursOf(ways: readonly (readonly string[])[]): Map<string, string[]> {
  const neighbours = new Map<string, string[]>();
  const join = (a: string, b: string) => neighbours.set(a, [...(neighbours.get(a) ?? []), b]);
  for (const way of ways) {
    way.slice(1).forEach((id, index) => {
      const before = way[index] ?? id;
      join(id, before);
      join(before, id);
    });
  }
  return neighbours;
}

interface Room {
  heightOf: (slot: Slot) => number;
  rowGap: number;
  /** That of the tallest layer: no other one reaches further. */
  fullHeight: number;
}

/** Puts a layer's slots below each other in their order, each as near as it goes to the middle of those that are placed. */
function stack(
  layer: readonly Slot[],
  middles: Map<string, number>,
  neighbours: ReadonlyMap<string, string[]>,
  { heightOf, rowGap, fullHeight }: Room,
): void {
  const used = layer.reduce((sum, slot) => sum + heightOf(slot) + rowGap, -rowGap);
  // Without a neighbour that is placed, in the middle of the drawing.
  let next = (fullHeight - used) / 2;
  const wanted = layer.map((slot) => {
    const known = (neighbours.get(slot.id) ?? []).flatMap((other) => middles.get(other) ?? []);
    const own =
      known.length === 0 ? next + heightOf(slot) / 2 : known.reduce((sum, one) => sum + one, 0) / known.length;
    next += heightOf(slot) + rowGap;
    return own;
  });
  let edge = 0;
  const down = layer.map((slot, index) => {
    const half = heightOf(slot) / 2;
    const middle = Math.max(edge + half, wanted[index] ?? 0);
    edge = middle + half + rowGap;
    return middle;
  });
  // Whoever had to give way went down only: up again by half of it, and into the room.
  const pushed = Math.max(0, ...down.map((middle, index) => middle - (wanted[index] ?? middle)));
  edge = fullHeight;
  const found = layer.map((slot, index) => [slot, down[index] ?? 0] as const).toReversed();
  for (const [slot, middle] of found) {
    const half = heightOf(slot) / 2;
    middles.set(slot.id, Math.min(edge - half, middle - pushed / 2));
    edge = (middles.get(slot.id) ?? 0) - half - rowGap;
  }
  // Half of the way up may have led out of it at the top.
  edge = 0;
  for (const slot of layer) {
    const half = heightOf(slot) / 2;
    middles.set(slot.id, Math.max(edge + half, middles.get(slot.id) ?? 0));
    edge = (middles.get(slot.id) ?? 0) + half + rowGap;
  }
}

interface Point {
  x: number;
  y: number;
}

/** Curves between the layers, straight through those that are only passed. */
function draw(points: readonly Point[], nodeWidth: number): Pick<PlacedEdge, "path" | "markX" | "markY"> {
  const pieces: string[] = [];
  let markX = 0;
  let markY = 0;
  points.slice(1).forEach((to, index) => {
    const from = points[index] ?? to;
    const startX = from.x + nodeWidth;
    const middleX = (startX + to.x) / 2;
    pieces.push(index === 0 ? `M${startX} ${from.y}` : `L${startX} ${from.y}`);
    pieces.push(`C${middleX} ${from.y} ${middleX} ${to.y} ${to.x} ${to.y}`);
    markX = middleX;
    markY = (from.y + to.y) / 2;
  });
  return { path: pieces.join(" "), markX, markY };
}
