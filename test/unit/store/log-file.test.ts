import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fc, test } from "@fast-check/vitest";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openLogCache } from "../../../src/main/store/log-cache.ts";
import { LogFile, type LogFileBounds, type StoredLine } from "../../../src/main/store/log-file.ts";
import type { LogQuery } from "../../../src/shared/domain/index.ts";

let folder: string;
const files: LogFile[] = [];

async function search(file: LogFile, query: LogQuery, from = 0, to = file.end): Promise<number[]> {
  const found: number[] = [];
  for await (const some of file.search({ query, kinds: "oe" }, from, to)) found.push(...some);
  return found;
}

const roomy: LogFileBounds = { maxBytes: 2 ** 40, maxAgeMs: 3600_000, keepFreeBytes: 0, segmentBytes: 20_000 };

function open(bounds: Partial<LogFileBounds> = {}): LogFile {
  const file = new LogFile(join(folder, String(files.length)), { ...roomy, ...bounds });
  files.push(file);
  return file;
}

function numbered(from: number, count: number, words = ""): StoredLine[] {
  return Array.from({ length: count }, (_, i) => ({
    atMs: 1_700_000_000_000 + from + i,
    kind: "o",
    text: `${from + i}${words}`,
  }));
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bayplan-log-file-"));
});

afterEach(async () => {
  for (const file of files.splice(0)) await file.remove();
  rmSync(folder, { recursive: true });
});

describe("a log file", () => {
  const line = fc.record({
    atMs: fc.integer({ min: 0, max: 1e12 }),
    kind: fc.constantFrom("o", "e", "m"),
    text: fc.string({ unit: "grapheme", maxLength: 60 }).map((text) => text.replaceAll("\n", " ")),
  });

  test.prop(
    [fc.array(fc.array(line, { maxLength: 300 }), { maxLength: 6 }), fc.nat(), fc.integer({ min: 1, max: 700 })],
    {
      numRuns: 40,
    },
  )(
    "gives any page of what was written, in one append or in many, in one file or in several",
    async (batches, at, count) => {
      const file = open({ segmentBytes: 3_000 });
      await Promise.all(batches.map((batch) => file.append(batch)));
      const all = batches.flat().map((one, index) => ({ ...one, line: index }));
      expect([file.first, file.end]).toEqual([0, all.length]);
      const from = at % (all.length + 2);
      expect(await file.read(from, count)).toEqual(all.slice(from, from + count));
    },
  );

  test.prop(
    [fc.array(line, { maxLength: 400 }), fc.constantFrom("a", "0", "7 o", "é", "1700"), fc.boolean(), fc.nat(500)],
    {
      numRuns: 60,
    },
  )("finds what a look at every line finds, in the text and not in its time", async (lines, text, ignoreCase, from) => {
    const file = open({ segmentBytes: 2_000 });
    await file.append(lines.slice(0, 150));
    await file.append(lines.slice(150));
    const to = from + 200;
    const fold = (words: string): string => (ignoreCase ? words.toLowerCase() : words);
    const wanted = lines.flatMap((one, line) =>
      line >= from && line < to && one.kind !== "m" && fold(one.text).includes(fold(text)) ? [line] : [],
    );
    expect(await search(file, { text, regex: false, ignoreCase }, from, to)).toEqual(wanted);
  });

  it("searches what a person sees: not the codes of colours, and over them", async () => {
    const file = open();
    const texts = ["\u001b[31mERR\u001b[0mOR: 31 lost", "plain 31", "\u001b[31mred\u001b[0m"];
    await file.append(texts.map((text, atMs) => ({ atMs, kind: "o", text })));
    expect(await search(file, { text: "error", regex: false, ignoreCase: true })).toEqual([0]);
    expect(await search(file, { text: "31", regex: false, ignoreCase: false })).toEqual([0, 1]);
    expect(await search(file, { text: "^(red|plain)", regex: true, ignoreCase: false })).toEqual([1, 2]);
  });

  it("takes an expression that may match nothing, and says what is wrong with one that is none", async () => {
    const file = open();
    await file.append(numbered(0, 300));
    expect(await search(file, { text: "x*", regex: true, ignoreCase: false })).toEqual([]);
    await expect(search(file, { text: "a(", regex: true, ignoreCase: false })).rejects.toMatchObject({
      code: "bad-input",
      message: "This is no regular expression: Unterminated group.",
    });
  });

  it("ends an expression that would never end", async () => {
    const file = open();
    await file.append([{ atMs: 1, kind: "o", text: `${"a".repeat(60)}!` }]);
    await expect(search(file, { text: "^(a+)+$", regex: true, ignoreCase: false })).rejects.toMatchObject({
      code: "bad-input",
      message: "This expression takes too long on some lines.",
    });
    expect(await search(file, { text: "!", regex: true, ignoreCase: false })).toEqual([0]);
  });

  it("lets the oldest lines go when it is full, and every line keeps its number", async () => {
    const file = open({ segmentBytes: 10_000, maxBytes: 50_000 });
    for (let from = 0; from < 20_000; from += 100) await file.append(numbered(from, 100));
    expect(file.bytes).toBeLessThanOrEqual(50_000 + 3_000);
    expect(file.first).toBeGreaterThan(15_000);
    expect(file.end).toBe(20_000);
    const [first] = await file.read(0, 1);
    expect(first).toMatchObject({ line: file.first, text: String(file.first) });
    expect((await file.read(19_999, 10)).map((one) => one.text)).toEqual(["19999"]);
  });

  it("lets go of what is too old", async () => {
    const file = open({ segmentBytes: 1_000, maxAgeMs: 50 });
    await file.append(numbered(0, 100));
    await file.append(numbered(100, 100));
    await new Promise((resolve) => setTimeout(resolve, 80));
    await file.append(numbered(200, 1));
    expect(file.first).toBe(100);
  });

  // A disk of 64 kB has to be mounted.
  it.runIf(process.getuid?.() === 0)(
    "throws what a full disk says (needs root), keeps what it had, and goes on",
    async () => {
      const mount = join(folder, "small");
      mkdirSync(mount);
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", mount]);
      try {
        const file = new LogFile(join(mount, "log"), { ...roomy, segmentBytes: 1e9 });
        await file.append(numbered(0, 10));
        await expect(file.append(numbered(10, 10, "x".repeat(20_000)))).rejects.toMatchObject({ code: "ENOSPC" });
        await file.append(numbered(10, 10));
        expect((await file.read(0, 100)).map((one) => one.text)).toEqual(
          Array.from({ length: 20 }, (_, i) => String(i)),
        );
        await file.remove();
        expect(readdirSync(mount)).toEqual([]);
      } finally {
        execFileSync("umount", [mount]);
      }
    },
  );
});

describe("the cache of logs", () => {
  it("is private, and gone when it is closed; what a dead process left is removed, a living one's stays", async () => {
    const root = join(folder, "cache", "logs");
    const dead = join(root, "999999.1.no-such-boot");
    mkdirSync(dead, { recursive: true });
    writeFileSync(join(dead, "0.log"), "old");
    const cache = openLogCache(folder);
    const file = cache.create("device web");
    await file.append(numbered(0, 5));
    const [own = ""] = readdirSync(root).filter((name) => name.startsWith(`${process.pid}.`));
    const [inner = ""] = readdirSync(join(root, own));
    expect(statSync(join(root, own, inner, "0.log")).mode & 0o077).toBe(0);
    const other = openLogCache(folder);
    await other.close();
    expect(existsSync(dead)).toBe(false);
    expect(existsSync(join(root, own, inner))).toBe(true);
    await cache.close();
    expect(readdirSync(root)).toEqual([]);
  });
});
