/**
 * What it costs to hold many log lines: memory, the time of a page and of a search, which is compared with `grep -c` over
 * the same files in the same run. `node --expose-gc --import tsx test/bench/log-store.ts [LINES]`, 10 million unless told.
 * Prints one JSON object a line, and ends with 1 when a goal is missed.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type LogFile, openLogCache, type StoredLine } from "../../src/main/store/index.ts";
import { judge, tell } from "./figures.ts";

export interface LogStoreFigures {
  lines: number;
  /** Bytes on disk. */
  diskBytes: number;
  appendLinesPerSecond: number;
  /** What this process takes more than before the first line, and all in all. */
  addedBytes: number;
  processBytes: number;
  pageMs: { p50: number; p99: number };
  searchMs: number;
  grepMs: number;
  /** Ours over grep's: below 1 is faster. */
  searchRatio: number;
  found: number;
}

const goals = { processMegabytes: 150, searchRatio: 2 };

const batch = 512;
const pageLines = 60;
const pages = 500;
const needle = "sensor 4711 lost";

/** A line of about 99 bytes, as a program writes them. */
function line(index: number): StoredLine {
  const text =
    index % 100_003 === 7
      ? `${needle} its supply at step ${index}`
      : `2026-11-24 20:00:00,123 INFO  worker-3 processed batch ${index} in 12.7 ms, 250 values, queue 14`;
  return { atMs: 1_795_000_000_000 + index, kind: "o", text: text.padEnd(98, ".") };
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

function fresh(): number {
  globalThis.gc?.();
  return process.memoryUsage().rss;
}

async function readPages(file: LogFile, lines: number): Promise<number[]> {
  const times: number[] = [];
  for (let page = 0; page < pages; page += 1) {
    // The same places in every run, all over the file.
    const from = Math.floor((((page * 7_919) % pages) / pages) * (lines - pageLines));
    const startedMs = performance.now();
    const read = await file.read(from, pageLines);
    times.push(performance.now() - startedMs);
    if (read.length !== pageLines || read[0]?.line !== from) throw new Error(`The page at ${from} is wrong.`);
  }
  return times;
}

export async function measureLogStore(lines: number): Promise<LogStoreFigures> {
  const folder = mkdtempSync(join(tmpdir(), "bayplan-bench-logs-"));
  const cache = openLogCache(folder, { maxBytes: 2 ** 40 });
  try {
    const file = cache.create("bench");
    const before = fresh();
    const startedMs = performance.now();
    for (let from = 0; from < lines; from += batch) {
      await file.append(Array.from({ length: Math.min(batch, lines - from) }, (_, i) => line(from + i)));
    }
    const appendMs = performance.now() - startedMs;
    const held = fresh();
    const pageTimes = await readPages(file, lines);
    const wanted = { query: { text: needle, regex: false, ignoreCase: false }, kinds: "oe" };
    const searchStartedMs = performance.now();
    const found: number[] = [];
    for await (const some of file.search(wanted, 0, file.end)) found.push(...some);
    const searchMs = performance.now() - searchStartedMs;
    const paths = readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".log"))
      .map((name) => join(folder, name));
    const grepStartedMs = performance.now();
    const counted = execFileSync("grep", ["-cF", needle, ...paths], { encoding: "utf8" });
    const grepMs = performance.now() - grepStartedMs;
    const hits = counted
      .trim()
      .split("\n")
      .reduce((sum, text) => sum + Number(text.slice(text.lastIndexOf(":") + 1)), 0);
    if (hits !== found.length) throw new Error(`The search found ${found.length}, grep ${hits}.`);
    return {
      lines,
      diskBytes: file.bytes,
      appendLinesPerSecond: Math.round((lines / appendMs) * 1000),
      addedBytes: held - before,
      processBytes: held,
      pageMs: { p50: percentile(pageTimes, 0.5), p99: percentile(pageTimes, 0.99) },
      searchMs,
      grepMs,
      searchRatio: searchMs / grepMs,
      found: found.length,
    };
  } finally {
    await cache.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function main(): Promise<void> {
  const wanted = Number(process.argv.slice(2).find((word) => /^\d+$/.test(word)) ?? 10_000_000);
  const figures = await measureLogStore(wanted);
  tell("log-store", { ...figures });
  judge("log-store", `MB in memory with ${wanted.toLocaleString("en-US")} lines`, figures.processBytes / 1e6, {
    atMost: goals.processMegabytes,
  });
  judge("log-store", "time of a search over grep's", figures.searchRatio, { atMost: goals.searchRatio });
}

if (process.argv[1]?.endsWith("log-store.ts")) await main();
