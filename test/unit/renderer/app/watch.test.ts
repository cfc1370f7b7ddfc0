import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { setConnection } from "../../../../src/renderer/app/connection-store.ts";
import { watch } from "../../../../src/renderer/app/watch.ts";
import { AppError } from "../../../../src/shared/domain/index.ts";

class Page extends EventTarget {
  hidden = false;
  show(visible: boolean): void {
    this.hidden = !visible;
    this.dispatchEvent(new Event("visibilitychange"));
  }
}

let page = new Page();
let openings: AbortSignal[] = [];

/** A stream that gives its items and then stays open until it is aborted. */
async function* endless(items: readonly string[], signal: AbortSignal) {
  yield* items;
  await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

function opening(items: readonly string[]) {
  return async (signal: AbortSignal) => {
    openings.push(signal);
    return endless(items, signal);
  };
}

beforeEach(() => {
  page = new Page();
  openings = [];
  vi.stubGlobal("document", page);
  setConnection("open");
});
afterEach(() => {
  vi.unstubAllGlobals();
});

describe("watch", () => {
  test("waits for the connection, and lets go of the stream when it is stopped", async () => {
    setConnection("lost");
    const taken: string[] = [];
    const stop = watch({ open: opening(["one"]), take: (item) => void taken.push(item) });
    expect(openings.length).toBe(0);
    setConnection("open");
    await vi.waitFor(() => expect(taken).toEqual(["one"]));
    stop();
    expect(openings[0]?.aborted).toBe(true);
  });

  test("a hidden page lets go of its stream and takes it up again when it is shown", async () => {
    const stop = watch({ open: opening([]), take: () => undefined });
    await vi.waitFor(() => expect(openings.length).toBe(1));
    page.show(false);
    expect(openings[0]?.aborted).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(openings.length).toBe(1);
    page.show(true);
    await vi.waitFor(() => expect(openings.length).toBe(2));
    stop();
  });

  test("a lost connection ends the turn without a word of failure, and the next one starts by itself", async () => {
    const failed = vi.fn();
    const stop = watch({ open: opening([]), take: () => undefined, failed });
    await vi.waitFor(() => expect(openings.length).toBe(1));
    setConnection("lost");
    setConnection("open");
    await vi.waitFor(() => expect(openings.length).toBe(2));
    expect(failed).not.toHaveBeenCalled();
    stop();
  });

  test("opens anew when items are missing, and never again after the last one", async () => {
    const taken: string[] = [];
    watch({
      open: opening(["item"]),
      take: (item) => {
        taken.push(item);
        return taken.length === 1 ? "again" : "done";
      },
    });
    await vi.waitFor(() => expect(taken.length).toBe(2), { timeout: 3_000 });
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(openings.length).toBe(2);
    expect(openings.every((signal) => signal.aborted)).toBe(true);
  });

  test("tells a failure of the host in its own words", async () => {
    const failed = vi.fn();
    const stop = watch({
      open: () => Promise.reject(new AppError("no-engine", "None answers.", { hint: "Start it." })),
      take: () => undefined,
      failed,
    });
    await vi.waitFor(() =>
      expect(failed).toHaveBeenCalledWith({ code: "no-engine", message: "None answers.", hint: "Start it." }),
    );
    stop();
  });
});
