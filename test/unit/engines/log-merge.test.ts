import { describe, expect, it } from "vitest";
import { LogMerge } from "../../../src/main/engines/logs/log-merge.ts";
import type { LogBatch, LogLine } from "../../../src/shared/domain/index.ts";

function line(containerId: string, atMs: number): LogLine {
  return { atMs, containerId, stream: "stdout", text: `${containerId}${atMs}` };
}

async function drain(merge: LogMerge): Promise<LogBatch[]> {
  const batches: LogBatch[] = [];
  for await (const batch of merge.batches()) batches.push(batch);
  return batches;
}

describe("LogMerge", () => {
  it("gives the oldest lines first, a source's own order unchanged, and ends after the last", async () => {
    const merge = new LogMerge(["a", "b"]);
    void merge.put("a", [line("a", 1), line("a", 5), line("a", 4)]);
    void merge.put("b", [line("b", 2), line("b", 9)]);
    merge.endSource("a");
    merge.endSource("b");
    const batches = await drain(merge);
    expect(batches.flatMap((batch) => batch.lines).map((l) => l.text)).toEqual(["a1", "b2", "a5", "a4", "b9"]);
    expect(batches.flatMap((batch) => batch.ended)).toEqual(["a", "b"]);
  });

  it("keeps batches to 256 lines and says a source's end only behind its last line", async () => {
    const merge = new LogMerge(["a"]);
    void merge.put(
      "a",
      Array.from({ length: 600 }, (_, i) => line("a", i)),
    );
    merge.endSource("a");
    const batches = await drain(merge);
    expect(batches.map((batch) => batch.lines.length)).toEqual([256, 256, 88]);
    expect(batches.map((batch) => batch.ended)).toEqual([[], [], ["a"]]);
  });

  it("holds back a source that is far ahead of the reader, and only that one", async () => {
    const merge = new LogMerge(["a", "b"]);
    let [fast, slow] = [false, false];
    const many = Array.from({ length: 2_000 }, (_, i) => line("a", i));
    void merge.put("a", many).then(() => {
      fast = true;
    });
    void merge.put("b", [line("b", 1)]).then(() => {
      slow = true;
    });
    const batches = merge.batches();
    await batches.next();
    expect([fast, slow]).toEqual([false, true]);
    for (let i = 0; i < 4; i += 1) await batches.next();
    await Promise.resolve();
    expect(fast).toBe(true);
    await batches.return();
  });

  it("gives what is there before it fails", async () => {
    const merge = new LogMerge(["a"]);
    void merge.put("a", [line("a", 1)]);
    merge.fail(new Error("gone"));
    const seen: LogBatch[] = [];
    await expect(
      (async () => {
        for await (const batch of merge.batches()) seen.push(batch);
      })(),
    ).rejects.toThrow("gone");
    expect(seen.flatMap((batch) => batch.lines)).toHaveLength(1);
  });

  it("lets everybody go when it is closed", async () => {
    const merge = new LogMerge(["a", "quiet"]);
    const writing = merge.put(
      "a",
      Array.from({ length: 5_000 }, (_, i) => line("a", i)),
    );
    const reading = drain(merge);
    merge.close();
    await writing;
    await reading;
    await merge.put("a", [line("a", 1)]);
  });
});
