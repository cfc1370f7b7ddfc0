import type { PlacedEdge, PlacedNode } from "./layout-graph.ts";

/** The node to which an arrow key leads; null when there is none that way. */
export function nextNode(
  nodes: readonly PlacedNode[],
  edges: readonly Pick<PlacedEdge, "from" | "to">[],
  from: string,
  key: string,
): string | null {
  const here = nodes.find(({ name }) => name === from);
  if (here === undefined) return null;
  if (key === "Home") return nodes[0]?.name ?? null;
  if (key === "End") return nodes.at(-1)?.name ?? null;
  const nearest = (candidates: readonly PlacedNode[], distance: (node: PlacedNode) => number) =>
    candidates.toSorted((a, b) => distance(a) - distance(b))[0]?.name ?? null;
  const down = (node: PlacedNode) => Math.abs(node.y - here.y);
  const across = (node: PlacedNode) => Math.abs(node.x - here.x);
  if (key === "ArrowUp") {
    return nearest(
      nodes.filter(({ y }) => y < here.y),
      (node) => across(node) * 10 + down(node),
    );
  }
  if (key === "ArrowDown") {
    return nearest(
      nodes.filter(({ y }) => y > here.y),
      (node) => across(node) * 10 + down(node),
    );
  }
  if (key !== "ArrowLeft" && key !== "ArrowRight") return null;
  const isLeft = key === "ArrowLeft";
  const tied = new Set(
    edges.flatMap(({ from: a, to: b }) => (isLeft && b === from ? [a] : !isLeft && a === from ? [b] : [])),
  );
  const beside = nodes.filter(({ x }) => (isLeft ? x < here.x : x > here.x));
  // Along an edge where there is one; else to what stands there.
  const along = beside.filter(({ name }) => tied.has(name));
  return nearest(along.length > 0 ? along : beside, (node) => down(node) * 10 + across(node));
}
