import { describe, expect, test } from "vitest";
import { type GraphService, graphLayers } from "../../../../src/renderer/stacks/graph/graph-layers.ts";
import { layoutGraph, type Measures } from "../../../../src/renderer/stacks/graph/layout-graph.ts";
import { nextNode } from "../../../../src/renderer/stacks/graph/next-node.ts";
import { crossings, orderLayers } from "../../../../src/renderer/stacks/graph/order-layers.ts";

/** Services as `name: what it waits for`. */
function services(tied: Record<string, string>): GraphService[] {
  return Object.entries(tied).map(([name, others]) => ({
    name,
    dependsOn: others
      .split(" ")
      .filter((other) => other !== "")
      .map((service) => ({ service, condition: "service_started" })),
  }));
}

const measures: Measures = {
  nodeWidth: 100,
  nodeHeight: 40,
  layerGap: 60,
  rowGap: 10,
  margin: 16,
  width: 640,
};

describe("graphLayers", () => {
  test("a layer is the longest way to it", () => {
    const { layers, alone } = graphLayers(services({ web: "db cache", cache: "db", db: "", lone: "", mail: "web db" }));
    expect(layers).toEqual([["db"], ["cache"], ["web"], ["mail"]]);
    expect(alone).toEqual(["lone"]);
  });

  test("what is not there and what closes a circle is left out, and nothing is lost", () => {
    const { layers, edges, alone } = graphLayers(services({ a: "c gone", b: "a", c: "b", d: "d" }));
    expect([...layers.flat(), ...alone].toSorted()).toEqual(["a", "b", "c", "d"]);
    expect(edges.map(({ from, to }) => `${from}>${to}`)).toEqual(["a>b", "b>c"]);
  });
});

describe("orderLayers", () => {
  test("uncrosses what can be uncrossed", () => {
    const tied = services({ a: "", b: "", c: "", x: "c", y: "b", z: "a" });
    const { layers, edges } = graphLayers(tied);
    const right = new Map(edges.map(({ from, to }) => [from, [to]]));
    const before = layers.map((layer) => layer.map((service) => ({ id: service, service })));
    expect(crossings(before, right)).toBe(3);
    expect(crossings(orderLayers(layers, edges).layers, right)).toBe(0);
  });

  test("an edge over several layers has a place in each of them", () => {
    const { layers, edges } = graphLayers(services({ a: "", b: "a", c: "b a" }));
    const { layers: ordered, routes } = orderLayers(layers, edges);
    expect(ordered.map((layer) => layer.length)).toEqual([1, 2, 1]);
    expect(routes.find(({ edge }) => edge.from === "a" && edge.to === "c")?.slots).toHaveLength(3);
  });
});

describe("layoutGraph", () => {
  const overlaps = (tied: Record<string, string>) => {
    const { nodes } = layoutGraph(services(tied), measures);
    return nodes.flatMap((a, index) =>
      nodes
        .slice(index + 1)
        .filter((b) => Math.abs(a.x - b.x) < measures.nodeWidth && Math.abs(a.y - b.y) < measures.nodeHeight)
        .map((b) => `${a.name} ${b.name}`),
    );
  };

  test("whatever a service waits for stands left of it, and no two stand on each other", () => {
    const tied = {
      web: "db cache",
      cache: "db",
      db: "",
      mail: "web db",
      one: "",
      two: "",
      w2: "db",
      w3: "db",
      w4: "cache",
    };
    const { nodes, edges, width, height, aloneY } = layoutGraph(services(tied), measures);
    const at = new Map(nodes.map((node) => [node.name, node]));
    expect(nodes).toHaveLength(9);
    for (const { from, to } of edges) expect(at.get(from)?.x).toBeLessThan(at.get(to)?.x ?? 0);
    expect(overlaps(tied)).toEqual([]);
    for (const { x, y } of nodes) {
      expect(x).toBeGreaterThanOrEqual(16);
      expect(y).toBeGreaterThanOrEqual(16);
      expect(x + measures.nodeWidth).toBeLessThanOrEqual(width);
      expect(y + measures.nodeHeight).toBeLessThanOrEqual(height);
    }
    expect(aloneY).not.toBeNull();
  });

  test("services without any tie fill rows of the width that there is", () => {
    const { nodes, aloneY } = layoutGraph(
      services(Object.fromEntries([..."abcdefg"].map((name) => [name, ""]))),
      measures,
    );
    expect(new Set(nodes.map(({ x }) => x)).size).toBe(5);
    expect(new Set(nodes.map(({ y }) => y)).size).toBe(2);
    expect(aloneY).toBeNull();
  });

  test("a hundred services: quick, apart, and no higher than their tallest layer", () => {
    const tied = Object.fromEntries(
      Array.from({ length: 100 }, (_, index) => {
        const others = [index - 7, index - 11].filter((other) => other >= 0 && index % 5 !== 0);
        return [`s${index}`, others.map((other) => `s${other}`).join(" ")];
      }),
    );
    const startedAt = performance.now();
    const { nodes, edges } = layoutGraph(services(tied), measures);
    expect(performance.now() - startedAt).toBeLessThan(500);
    expect(nodes).toHaveLength(100);
    expect(edges.every(({ path }) => !path.includes("NaN"))).toBe(true);
    expect(overlaps(tied)).toEqual([]);
  });

  test("an empty stack is an empty drawing", () => {
    expect(layoutGraph([], measures)).toMatchObject({ nodes: [], edges: [], aloneY: null });
  });
});

describe("nextNode", () => {
  const { nodes, edges } = layoutGraph(services({ db: "", cache: "", web: "db", api: "db cache", lone: "" }), measures);
  const from = (name: string, key: string) => nextNode(nodes, edges, name, key);

  test("to the right along an edge, to the left back, up and down within a layer", () => {
    expect(["web", "api"]).toContain(from("db", "ArrowRight"));
    expect(from("web", "ArrowLeft")).toBe("db");
    const column = nodes.filter(({ layer, name }) => layer === 1 && name !== "lone").toSorted((a, b) => a.y - b.y);
    expect(from(column[0]?.name ?? "", "ArrowDown")).toBe(column[1]?.name);
    expect(from(column[1]?.name ?? "", "ArrowUp")).toBe(column[0]?.name);
  });

  test("there is nothing left of the first, and other keys lead nowhere", () => {
    expect(from("db", "ArrowLeft")).toBeNull();
    expect(from("db", "x")).toBeNull();
    expect(from("gone", "ArrowLeft")).toBeNull();
    expect(from("web", "End")).toBe("lone");
  });

  test("every service can be reached from the first by arrows alone", () => {
    const seen = new Set<string>();
    const visit = (name: string): void => {
      if (seen.has(name)) return;
      seen.add(name);
      for (const key of ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"]) {
        const next = from(name, key);
        if (next !== null) visit(next);
      }
    };
    visit(nodes[0]?.name ?? "");
    expect(seen.size).toBe(nodes.length);
  });
});
