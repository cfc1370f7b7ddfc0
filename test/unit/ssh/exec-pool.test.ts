import { describe, expect, it } from "vitest";
import { ExecPool, streamPlaces } from "../../../src/main/ssh/exec-pool.ts";
import { AppError } from "../../../src/shared/domain/index.ts";

async function settle(): Promise<void> {
  for (let i = 0; i < 10; i += 1) await Promise.resolve();
}

describe("ExecPool", () => {
  it("lets in as many as it has places, and the rest in turn", async () => {
    const pool = new ExecPool(2);
    const order: number[] = [];
    for (const i of [1, 2, 3, 4]) void pool.take().then(() => order.push(i));
    await settle();
    expect(order).toEqual([1, 2]);
    pool.give();
    await settle();
    expect(order).toEqual([1, 2, 3]);
    pool.give();
    pool.give();
    await settle();
    expect([order, pool.inUse]).toEqual([[1, 2, 3, 4], 1]);
  });

  it("does not let a newcomer pass those who wait", async () => {
    const pool = new ExecPool(1);
    await pool.take();
    const order: string[] = [];
    void pool.take().then(() => order.push("first"));
    pool.give();
    void pool.take().then(() => order.push("second"));
    await settle();
    expect(order).toEqual(["first"]);
  });

  it("forgets who gives up, and refuses all when it closes", async () => {
    const pool = new ExecPool(1);
    await pool.take();
    const abort = new AbortController();
    const given = pool.take(abort.signal);
    const waiting = pool.take();
    abort.abort();
    await expect(given).rejects.toMatchObject({ code: "cancelled" });
    pool.close(new AppError("unreachable", "gone"));
    await expect(waiting).rejects.toMatchObject({ code: "unreachable" });
    await expect(pool.take()).rejects.toMatchObject({ code: "unreachable" });
  });

  it("tells a limit from a session that the server has not yet let go of", async () => {
    const pool = new ExecPool(8);
    for (let i = 0; i < 3; i += 1) await pool.take();
    pool.opened();
    pool.opened();
    // The third is refused while two are open: never more than two were.
    expect(pool.hasHeldMore).toBe(false);
    pool.closed();
    expect([pool.hasHeldMore, pool.inUse]).toEqual([true, 2]);
    pool.opened();
    expect(pool.hasHeldMore).toBe(false);
  });

  it("shrinks to what the server has shown that it takes, and never to nothing", async () => {
    const pool = new ExecPool(8);
    for (let i = 0; i < 3; i += 1) await pool.take();
    pool.shrink();
    pool.give();
    let third = false;
    void pool.take().then(() => {
      third = true;
    });
    await settle();
    expect([pool.inUse, third]).toEqual([2, false]);
    pool.give();
    await settle();
    expect(third).toBe(true);
    const one = new ExecPool(1);
    await one.take();
    one.shrink();
    one.give();
    await one.take();
    expect(one.inUse).toBe(1);
  });

  it("never gives the last places to streams, and lets what is brief pass streams that wait", async () => {
    const pool = new ExecPool(8);
    const order: string[] = [];
    for (let i = 0; i < 7; i += 1) void pool.take(undefined, "stream").then(() => order.push(`stream ${i}`));
    await settle();
    expect([order.length, pool.crowded]).toEqual([6, true]);
    for (let i = 0; i < 3; i += 1) void pool.take().then(() => order.push(`brief ${i}`));
    await settle();
    expect(order.slice(6)).toEqual(["brief 0", "brief 1"]);
    // A stream's place goes to the brief one that waits: streams still have theirs in all.
    pool.give("stream");
    await settle();
    expect(order.slice(8)).toEqual(["stream 6"]);
    pool.give("brief");
    await settle();
    expect([order.slice(9), pool.crowded]).toEqual([["brief 2"], false]);
  });

  it("keeps one place for what is brief where there are few, and says when it is crowded", async () => {
    expect([1, 2, 3, 5, 6, 8].map(streamPlaces)).toEqual([1, 1, 2, 4, 4, 6]);
    const pool = new ExecPool(2);
    let calls = 0;
    pool.onCrowded(() => {
      calls += 1;
    });
    await pool.take(undefined, "stream");
    await pool.take();
    expect(calls).toBe(0);
    void pool.take();
    expect([calls, pool.crowded]).toEqual([1, true]);
  });
});
