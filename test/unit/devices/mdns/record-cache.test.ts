import { describe, expect, test } from "vitest";
import type { DnsRecord } from "../../../../src/main/devices/mdns/dns-message.ts";
import { RecordCache } from "../../../../src/main/devices/mdns/record-cache.ts";

/** Who says it. */
const FROM = "10.0.0.5";
const TYPE = "_ssh._tcp.local";

function pointer(target: string, ttlSeconds = 100): DnsRecord {
  return { type: "PTR", name: TYPE, target: `${target}.${TYPE}`, ttlSeconds, flush: false };
}

function address(value: string, options: { ttlSeconds?: number; flush?: boolean } = {}): DnsRecord {
  return {
    type: "A",
    name: "press.local",
    address: value,
    ttlSeconds: options.ttlSeconds ?? 100,
    flush: options.flush ?? false,
  };
}

function cache(): RecordCache {
  return new RecordCache(() => 0);
}

describe("lifetimes", () => {
  test("a record ends with its own time, not with another's", () => {
    const records = cache();
    expect(records.add(pointer("a", 10), 0, FROM)).toBe(true);
    records.add(pointer("b", 20), 0, FROM);
    expect(records.expire(9_999)).toBe(false);
    expect(records.expire(10_000)).toBe(true);
    expect(records.find("PTR", TYPE).map((record) => record.target)).toEqual([`b.${TYPE}`]);
    records.expire(20_000);
    expect(records.find("PTR", TYPE)).toEqual([]);
    expect(records.nextDueAtMs()).toBeNull();
  });

  test("a repeated answer begins its time anew", () => {
    const records = cache();
    records.add(pointer("a", 10), 0, FROM);
    expect(records.add(pointer("A", 10), 8_000, FROM)).toBe(false);
    records.expire(17_000);
    expect(records.find("PTR", TYPE)).toHaveLength(1);
  });

  test("a goodbye ends it one second later, and an answer within that second keeps it", () => {
    const records = cache();
    records.add(pointer("a"), 0, FROM);
    records.add(pointer("b"), 0, FROM);
    records.add(pointer("a", 0), 5_000, FROM);
    records.add(pointer("b", 0), 5_000, FROM);
    expect(records.nextDueAtMs()).toBe(6_000);
    records.add(pointer("b"), 5_500, FROM);
    records.expire(6_000);
    expect(records.find("PTR", TYPE).map((record) => record.target)).toEqual([`b.${TYPE}`]);
  });

  test("a goodbye for what is not known changes nothing", () => {
    const records = cache();
    expect(records.add(pointer("a", 0), 0, FROM)).toBe(false);
    expect(records.find("PTR", TYPE)).toEqual([]);
  });

  test("a direct answer with a capped time does not shorten what was announced to all", () => {
    const records = cache();
    records.add(pointer("a", 4_500), 0, FROM);
    records.add(pointer("a", 10), 1_000, FROM, true);
    records.expire(12_000);
    expect(records.find("PTR", TYPE)).toHaveLength(1);
    records.add(pointer("b", 10), 12_000, FROM, true);
    records.expire(22_000);
    expect(records.find("PTR", TYPE).map((record) => record.target)).toEqual([`a.${TYPE}`]);
  });
});

describe("cache flush", () => {
  test("replaces what is older than a second, one second later, and spares its own packet", () => {
    const records = cache();
    records.add(address("10.0.0.1"), 0, FROM);
    records.add(address("10.0.0.2", { flush: true }), 5_000, FROM);
    records.add(address("10.0.0.3", { flush: true }), 5_000, FROM);
    records.expire(5_999);
    expect(records.find("A", "press.local")).toHaveLength(3);
    records.expire(6_000);
    expect(records.find("A", "PRESS.local").map((record) => record.address)).toEqual(["10.0.0.2", "10.0.0.3"]);
  });
});

describe("asking again", () => {
  test("at 80, 85, 90 and 95 percent, once each, then no more", () => {
    const records = cache();
    records.add(pointer("a", 100), 0, FROM);
    const asked: number[] = [];
    for (let second = 0; second < 100; second += 1) {
      for (const question of records.takeDueQuestions(second * 1_000)) {
        expect(question).toEqual({ name: TYPE, type: "PTR" });
        asked.push(second);
      }
    }
    expect(asked).toEqual([80, 85, 90, 95]);
  });

  test("one question for all records of a name and type", () => {
    const records = cache();
    records.add(pointer("a", 100), 0, FROM);
    records.add(pointer("b", 100), 0, FROM);
    expect(records.takeDueQuestions(80_000)).toEqual([{ name: TYPE, type: "PTR" }]);
  });

  test("what has said goodbye is not asked for", () => {
    const records = cache();
    records.add(pointer("a", 100), 0, FROM);
    records.add(pointer("a", 0), 79_900, FROM);
    expect(records.takeDueQuestions(80_000)).toEqual([]);
  });
});

describe("known answers", () => {
  test("only those with more than half their time left, with the time they have left", () => {
    const records = cache();
    records.add(pointer("old", 100), 0, FROM);
    records.add(pointer("new", 100), 40_000, FROM);
    const known = records.knownAnswers({ name: TYPE, type: "PTR" }, 60_000);
    expect(known).toEqual([{ ...pointer("new", 80) }]);
  });
});

test("a flood of names does not fill the memory, and that of one sender leaves room for the others", () => {
  const records = cache();
  for (let index = 0; index < 2_000; index += 1) records.add(pointer(`flood-${index}`), 0, FROM);
  expect(records.overflow).toBe(1_400);
  expect(records.add(pointer("real"), 0, "10.0.0.6")).toBe(true);
  for (let index = 0; index < 10_000; index += 1) records.add(pointer(`more-${index}`), 0, `10.0.1.${index % 250}`);
  expect(records.find("PTR", TYPE)).toHaveLength(4_096);
  records.expire(1e9);
  for (let index = 0; index < 600; index += 1) records.add(pointer(`again-${index}`), 1e9, FROM);
  expect(records.find("PTR", TYPE)).toHaveLength(600);
});
