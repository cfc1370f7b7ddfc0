import type { ContractRouterClient } from "@orpc/contract";
import type { RouterClient } from "@orpc/server";
import { expect, expectTypeOf, test } from "vitest";
import type { Host } from "../../src/main/api/index.ts";
import { contract } from "../../src/shared/contract/index.ts";

type Contract = typeof contract;

function paths(node: unknown, prefix: string): string[] {
  if (typeof node !== "object" || node === null || "~orpc" in node) return [prefix];
  return Object.entries(node).flatMap(([name, below]) => paths(below, prefix === "" ? name : `${prefix}.${name}`));
}

test("the host's router answers the whole contract with the contract's own types", async () => {
  expectTypeOf<RouterClient<Host["router"], Record<never, never>>>().toExtend<ContractRouterClient<Contract>>();
  const { createRouter } = await import("../../src/main/api/router.ts");
  // The handlers are built and never called: the parts behind them are not needed.
  const router = createRouter(JSON.parse("{}"));
  expect(paths(router, "").toSorted()).toEqual(paths(contract, "").toSorted());
});

test("every call of the contract declares the closed list of errors", () => {
  const calls = paths(contract, "");
  expect(calls.length).toBeGreaterThan(20);
  for (const path of calls) {
    const call: unknown = path.split(".").reduce<unknown>((node, name) => Reflect.get(Object(node), name), contract);
    expect(Object.keys(Reflect.get(Object(Reflect.get(Object(call), "~orpc")), "errorMap")), path).toContain(
      "no-engine",
    );
  }
});
