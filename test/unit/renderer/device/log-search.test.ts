import { describe, expect, test } from "vitest";
import { LogSearch } from "../../../../src/renderer/device/logs/log-search.ts";
import { AppError, type LogExtent, type LogHits } from "../../../../src/shared/domain/index.ts";

const query = { text: "valve", regex: false, ignoreCase: true };
const extent = (end: number, unchangedTo = 0): LogExtent => ({
  viewId: "v",
  first: 0,
  end,
  unchangedTo,
  ended: [],
  notKept: 0,
});

/** Questions as they were asked, each answered by hand. */
function asked() {
  const questions: { from: number; signal: AbortSignal; answer: (hits: LogHits | "end" | Error) => void }[] = [];
  const ask = async (_: unknown, from: number, signal: AbortSignal): Promise<AsyncIterable<LogHits>> => {
    const waiting: (LogHits | "end" | Error)[] = [];
    let wake = (): void => undefined;
    questions.push({
      from,
      signal,
      answer: (hits) => {
        waiting.push(hits);
        wake();
      },
    });
    return (async function* () {
      for (;;) {
        const next = waiting.shift();
        if (next === "end") return;
        if (next instanceof Error) throw next;
        if (next !== undefined) yield next;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    })();
  };
  return { questions, search: new LogSearch(ask, () => undefined) };
}

/** Lets what was answered arrive. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

describe("a search of a log that grows", () => {
  test("begins at the first hit from where somebody is, and goes round at the ends", async () => {
    const { questions, search } = asked();
    search.start(query, 500, extent(1_000));
    questions[0]?.answer({ rows: [10, 20], searchedTo: 400 });
    await settled();
    expect(search.state).toMatchObject({ count: 2, current: null, over: false, searchedTo: 400 });
    questions[0]?.answer({ rows: [600, 700], searchedTo: 1_000 });
    questions[0]?.answer("end");
    await settled();
    expect(search.state).toMatchObject({ count: 4, current: { row: 600, index: 2 }, over: true });
    expect([search.step(1), search.step(1), search.step(-1), search.step(-1)]).toEqual([700, 10, 700, 600]);
  });

  test("takes the last hit when there is none further on", async () => {
    const { questions, search } = asked();
    search.start(query, 500, extent(1_000));
    questions[0]?.answer({ rows: [10, 20], searchedTo: 1_000 });
    questions[0]?.answer("end");
    await settled();
    expect(search.state.current).toEqual({ row: 20, index: 1 });
  });

  test("is cancelled when something else is looked for, and what it still says is not heard", async () => {
    const { questions, search } = asked();
    search.start(query, 0, extent(1_000));
    search.start({ ...query, text: "other" }, 0, extent(1_000));
    expect(questions.map(({ signal }) => signal.aborted)).toEqual([true, false]);
    questions[0]?.answer({ rows: [1], searchedTo: 500 });
    questions[1]?.answer({ rows: [2], searchedTo: 500 });
    await settled();
    expect([search.state.count, search.hits.at(0)]).toEqual([1, 2]);
    search.start(null, 0, null);
    expect(search.state).toMatchObject({ query: null, count: 0 });
    expect(questions[1]?.signal.aborted).toBe(true);
  });

  test("lets go of hits in rows that have moved, and asks for those again", async () => {
    const { questions, search } = asked();
    search.start(query, 0, extent(1_000));
    questions[0]?.answer({ rows: [10, 300], searchedTo: 500 });
    await settled();
    search.news(extent(1_100, 200), false);
    expect(search.state).toMatchObject({ count: 1, searchedTo: 200 });
    // The answer that was under way is of the rows before they moved.
    questions[0]?.answer({ rows: [600], searchedTo: 1_000 });
    await expect.poll(() => questions.length).toBe(2);
    expect(questions[1]?.from).toBe(200);
    questions[1]?.answer({ rows: [301, 601], searchedTo: 1_100 });
    questions[1]?.answer("end");
    await settled();
    expect([0, 1, 2].map((index) => search.hits.at(index))).toEqual([10, 301, 601]);
    expect(search.state.over).toBe(true);
  });

  test("searches on in what has come, and stays over meanwhile", async () => {
    const { questions, search } = asked();
    search.start(query, 0, extent(100));
    questions[0]?.answer({ rows: [], searchedTo: 100 });
    questions[0]?.answer("end");
    await settled();
    search.news(extent(150, 100), false);
    await expect.poll(() => questions.length).toBe(2);
    expect([questions[1]?.from, search.state.over]).toEqual([100, true]);
    questions[1]?.answer({ rows: [149], searchedTo: 150 });
    questions[1]?.answer("end");
    await settled();
    expect(search.state.count).toBe(1);
    search.stop();
  });

  test("says why it cannot, once", async () => {
    const { questions, search } = asked();
    search.start(query, 0, extent(100));
    questions[0]?.answer(new AppError("bad-input", "This expression takes too long on some lines."));
    await settled();
    expect(search.state.failure?.message).toBe("This expression takes too long on some lines.");
    search.news(extent(200, 100), false);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(questions).toHaveLength(1);
  });
});
