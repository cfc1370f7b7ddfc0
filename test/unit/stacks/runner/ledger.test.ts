import { expect, test } from "vitest";
import { Ledger } from "../../../../src/main/stacks/runner/ledger.ts";
import { AppError } from "../../../../src/shared/domain/index.ts";

test("what was made is taken back, the last first, once, and whatever fails on the way", async () => {
  const removed: string[] = [];
  const ledger = new Ledger();
  const remove = (name: string, error?: Error) => async () => {
    removed.push(name);
    if (error !== undefined) throw error;
  };
  ledger.add("first", remove("first"));
  ledger.add("stuck", remove("stuck", new AppError("engine-failed", "in use")));
  ledger.add("gone", remove("gone", new AppError("not-found", "no such thing")));
  expect(await ledger.undo()).toEqual(["stuck (in use)"]);
  expect(removed).toEqual(["gone", "stuck", "first"]);
  expect(await ledger.undo()).toEqual([]);
  expect(removed).toHaveLength(3);
});
