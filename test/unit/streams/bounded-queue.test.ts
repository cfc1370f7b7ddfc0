import { expect, test } from "vitest";
import { BoundedQueue, Broadcast } from "../../../src/main/streams/index.ts";

async function readAll<T>(queue: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of queue) items.push(item);
  return items;
}

test("gives items in order, those pushed before and after the reader came", async () => {
  const queue = new BoundedQueue<number>(10);
  queue.push(1);
  const reading = readAll(queue);
  await Promise.resolve();
  queue.push(2);
  queue.push(3);
  queue.end();
  expect(await reading).toEqual([1, 2, 3]);
});

test("drops the oldest and counts them when the reader is slow", async () => {
  const queue = new BoundedQueue<number>(3);
  for (let item = 0; item < 10; item++) queue.push(item);
  expect(queue.takeDropped()).toBe(7);
  expect(queue.takeDropped()).toBe(0);
  queue.end();
  expect(await readAll(queue)).toEqual([7, 8, 9]);
});

test("a failure comes after what was queued", async () => {
  const queue = new BoundedQueue<number>(3);
  queue.push(1);
  queue.fail(new Error("engine gone"));
  const seen: number[] = [];
  await expect(
    (async () => {
      for await (const item of queue) seen.push(item);
    })(),
  ).rejects.toThrow("engine gone");
  expect(seen).toEqual([1]);
});

test("a broadcast reaches each reader, and an aborted one is let go", async () => {
  const broadcast = new Broadcast<number>();
  const leaving = new AbortController();
  const staying = new AbortController();
  const first = readAll(broadcast.subscribe(leaving.signal, 5));
  const second = readAll(broadcast.subscribe(staying.signal, 5));
  broadcast.send(1);
  leaving.abort();
  expect(broadcast.readerCount).toBe(1);
  broadcast.send(2);
  broadcast.close();
  expect(await first).toEqual([1]);
  expect(await second).toEqual([1, 2]);
  expect(broadcast.readerCount).toBe(0);
});
