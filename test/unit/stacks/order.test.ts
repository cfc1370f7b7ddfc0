import { fc, test as property } from "@fast-check/vitest";
import { expect, test } from "vitest";
import { findCycle, startOrder } from "../../../src/main/stacks/index.ts";

type Edges = Record<string, string[]>;

function services(edges: Edges) {
  return Object.entries(edges).map(([name, others]) => ({
    name,
    dependsOn: others.map((service) => ({ service, condition: "service_started" as const })),
  }));
}

test.each<[Edges, string[][]]>([
  [{}, []],
  [{ a: [] }, [["a"]]],
  [{ a: ["b"], b: ["c"], c: [] }, [["c"], ["b"], ["a"]]],
  [{ web: ["db", "cache"], db: [], cache: [], log: [] }, [["db", "cache", "log"], ["web"]]],
  [{ top: ["left", "right"], left: ["base"], right: ["base"], base: [] }, [["base"], ["left", "right"], ["top"]]],
])("%j starts as %j", (edges, groups) => {
  expect(findCycle(services(edges))).toBeNull();
  expect(startOrder(services(edges)).map((group) => group.map(({ name }) => name))).toEqual(groups);
});

test.each<[Edges, string[]]>([
  [{ a: ["a"] }, ["a", "a"]],
  [{ a: ["b"], b: ["a"] }, ["a", "b", "a"]],
  [{ x: ["a"], a: ["b"], b: ["c"], c: ["a"] }, ["a", "b", "c", "a"]],
])("%j waits in a circle", (edges, cycle) => {
  expect(findCycle(services(edges))).toEqual(cycle);
  expect(() => startOrder(services(edges))).toThrow();
});

const graphs = fc
  .array(fc.array(fc.nat(9), { maxLength: 4 }), { minLength: 1, maxLength: 10 })
  .map((lists) =>
    Object.fromEntries(
      lists.map((others, n) => [`s${n}`, [...new Set(others.map((other) => `s${other % lists.length}`))]]),
    ),
  );

property.prop([graphs])("either there is a circle, or everything starts after what it depends on", (edges) => {
  const all = services(edges);
  const cycle = findCycle(all);
  if (cycle !== null) {
    expect(cycle.at(0)).toBe(cycle.at(-1));
    for (const [index, name] of cycle.slice(0, -1).entries()) expect(edges[name]).toContain(cycle[index + 1]);
    return;
  }
  const order = startOrder(all).flat();
  expect(order).toHaveLength(all.length);
  for (const [index, { dependsOn }] of order.entries()) {
    const before = order.slice(0, index).map(({ name }) => name);
    for (const { service } of dependsOn) expect(before).toContain(service);
  }
});
