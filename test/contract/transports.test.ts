import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { failureOf } from "../../src/shared/contract/failure-of.ts";
import { type Line, transports } from "./transports.ts";

async function failureFrom(promise: Promise<unknown>) {
  try {
    await promise;
  } catch (error) {
    return failureOf(error);
  }
  throw new Error("It did not fail.");
}

async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of stream) items.push(item);
  return items;
}

async function until(condition: () => boolean): Promise<void> {
  const limitMs = Date.now() + 5_000;
  while (!condition()) {
    if (Date.now() > limitMs) throw new Error("It did not happen within 5 s.");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe.each(transports)("over $name", ({ open }) => {
  let line: Line;
  beforeEach(async () => {
    line = await open();
  });
  afterEach(() => line.close());

  test("a call gives its typed value", async () => {
    const answer = await line.client.add({ left: 2, right: { value: 40.5 } });
    expect(answer).toEqual({ sum: 42.5, nothing: null, text: "zwölf €" });
  });

  test("an expected error keeps its code, sentence and hint, and is not logged", async () => {
    expect(await failureFrom(line.client.refuse())).toEqual({
      code: "no-engine",
      message: "This machine has no container engine.",
      hint: "Install Docker.",
    });
    expect(line.trial.log).toEqual([]);
  });

  test("a bug is logged once with its stack, and the face gets its id only", async () => {
    const failure = await failureFrom(line.client.break());
    const id = /\(id ([0-9a-f]{8})\)/.exec(failure.message)?.[1];
    expect(failure.code).toBe("internal");
    expect(JSON.stringify(failure)).not.toContain(line.trial.secret);
    expect(line.trial.log).toHaveLength(1);
    expect(line.trial.log[0]).toContain(`bug ${id} in break: TypeError: cannot read`);
    expect(line.trial.log[0]).toContain("trial-router.ts");
  });

  test("an output that the contract does not allow is a bug, and its value is not logged", async () => {
    const failure = await failureFrom(line.client.lie());
    expect(failure.code).toBe("internal");
    expect(line.trial.log).toHaveLength(1);
    expect(line.trial.log[0]).toContain("count: Invalid input");
    expect(line.trial.log[0] + JSON.stringify(failure)).not.toContain(line.trial.secret);
  });

  test("bad input is refused with its place, before the handler runs", async () => {
    const input = JSON.parse('{"left":1,"right":{"value":"two"}}');
    const failure = await failureFrom(line.client.add(input));
    expect(failure.code).toBe("bad-input");
    expect(failure.message).toContain('"right.value"');
    expect(line.trial.log).toEqual([]);
  });

  test("an aborted call is cancelled, and the handler hears of it", async () => {
    const stop = new AbortController();
    const call = failureFrom(line.client.hang(undefined, { signal: stop.signal }));
    await until(() => line.trial.produced.has("hang"));
    stop.abort();
    expect((await call).code).toBe("cancelled");
    await until(() => line.trial.closed.includes("hang"));
    expect(line.trial.log).toEqual([]);
  });

  test("a stream gives its items in order and ends", async () => {
    const items = await collect(await line.client.count({ upTo: 1000 }));
    expect(items.map((item) => item.index)).toEqual(Array.from({ length: 1000 }, (_, index) => index));
  });

  test("break closes the source", async () => {
    for await (const item of await line.client.forever({ key: "broken" })) if (item.index === 3) break;
    await until(() => line.trial.closed.includes("broken"));
    expect(line.trial.produced.get("broken")).toBeLessThan(200);
  });

  test("an abort closes a source that has nothing to say", async () => {
    const stop = new AbortController();
    const stream = await line.client.quiet({ key: "quiet" }, { signal: stop.signal });
    const reading = failureFrom(collect(stream)).catch(() => "ended");
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(line.trial.closed).toEqual([]);
    stop.abort();
    expect(["ended", { code: "cancelled", message: "Cancelled.", hint: null }]).toContainEqual(await reading);
    await until(() => line.trial.closed.includes("quiet"));
  });

  test("an expected error inside a stream comes after its items", async () => {
    const seen: number[] = [];
    const failure = await failureFrom(
      (async () => {
        for await (const item of await line.client.failAfter({ items: 3, how: "expected" })) seen.push(item.index);
      })(),
    );
    expect(seen).toEqual([0, 1, 2]);
    expect(failure).toEqual({ code: "unreachable", message: "The device went away.", hint: "Look at its power." });
    expect(line.trial.log).toEqual([]);
  });

  test.each(["bug", "bad-item"] as const)("a %s inside a stream is hidden and logged once", async (how) => {
    const stream = await line.client.failAfter({ items: 1, how });
    const failure = await failureFrom(collect(stream));
    expect(failure.code).toBe("internal");
    expect(JSON.stringify(failure)).not.toContain(line.trial.secret);
    expect(line.trial.log).toHaveLength(1);
  });

  test("streams at the same time do not mix", async () => {
    const sizes = [1, 40, 7, 300, 0, 12];
    const streams = await Promise.all(sizes.map((upTo) => line.client.count({ upTo })));
    const counts = await Promise.all(streams.map(async (stream) => (await collect(stream)).map((item) => item.index)));
    expect(counts).toEqual(sizes.map((upTo) => Array.from({ length: upTo }, (_, index) => index)));
  });

  test("one ended stream leaves the others and the calls alone", async () => {
    const kept = await line.client.forever({ key: "kept" });
    await kept.next();
    for await (const _ of await line.client.forever({ key: "ended" })) break;
    await until(() => line.trial.closed.includes("ended"));
    expect((await line.client.add({ left: 1, right: { value: 1 } })).sum).toBe(2);
    expect((await kept.next()).done).toBe(false);
    expect(line.trial.closed).toEqual(["ended"]);
    await kept.return?.();
    await until(() => line.trial.closed.includes("kept"));
  });
});

describe.each(transports.filter((transport) => transport.name !== "in process"))("over $name", ({ open }) => {
  test("a cut connection closes every source and is no cancel", async () => {
    const line = await open();
    try {
      await line.client.forever({ key: "a" });
      await line.client.quiet({ key: "b" });
      const call = failureFrom(line.client.hang());
      await until(() => line.trial.produced.has("hang"));
      line.cut?.();
      await until(() => line.trial.closed.length === 3);
      expect(line.trial.closed.toSorted()).toEqual(["a", "b", "hang"]);
      expect((await call).code).toBe("unreachable");
      expect(line.trial.log).toEqual([]);
    } finally {
      await line.close();
    }
  });

  test("a call that the host does not have says so", async () => {
    const line = await open();
    try {
      const stranger: unknown = Reflect.get(line.client, "stranger");
      if (typeof stranger !== "function") throw new Error("The client has no such call.");
      const failure = await failureFrom(stranger());
      expect(failure).toMatchObject({ code: "unsupported", message: 'This Bayplan has no call "stranger".' });
      expect(failure.hint).toContain("Reload");
    } finally {
      await line.close();
    }
  });
});
