import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  allCores,
  benchmarkRuns,
  parseBandwidth,
  parseBenchmark,
  speedOf,
} from "../../../../src/main/profiling/speed/benchmark.ts";

/** What 7-Zip 26 printed on a machine that was busy. */
const printed = (name: string) =>
  readFileSync(join(import.meta.dirname, "../../../golden/7zip", `${name}.txt`), "utf8");
const output = (name: string, exitCode = 0, file = name) => ({ name, exitCode, output: printed(file) });
const at = new Date("2026-11-27T20:00:00Z");

describe("what 7-Zip prints", () => {
  it("is a rating for a codec: at full use of a core, and of all threads", () => {
    expect(parseBenchmark(printed("lzma"))).toEqual({ atFullUse: 2652, rating: 629 });
    expect(parseBenchmark(printed("all-cores"))).toEqual({ atFullUse: 3000, rating: 704 });
    expect(parseBenchmark(printed("bzip2"))).toEqual({ atFullUse: 3204, rating: 1160 });
  });

  it("is an amount for a hash and a cipher, which is brought to full use", () => {
    const of = (name: string) => /^Avg: .*$/m.exec(printed(name))?.[0].match(/\d+/g)?.map(Number) ?? [];
    const [usage = 0, speed = 0] = of("sha256");
    expect(parseBandwidth(printed("sha256"))).toBeCloseTo((100 * speed) / usage, 9);
    const [encUsage = 0, enc = 0, decUsage = 0, dec = 0] = of("aes256");
    expect(parseBandwidth(printed("aes256"))).toBeCloseTo(50 * (enc / encUsage + dec / decUsage), 9);
  });

  it("is no figure when it broke off, or is of the other kind", () => {
    for (const text of ["", printed("refused"), printed("sha256")])
      expect(() => parseBenchmark(text)).toThrow(RangeError);
    for (const text of ["Avg:  0  0\n", "Avg: 20\n", printed("lzma")])
      expect(() => parseBandwidth(text)).toThrow(RangeError);
  });
});

describe("the speed of a machine", () => {
  it("is LZMA's score, with every kind of work beside it", () => {
    const speed = speedOf(
      [output("lzma"), output("sha256"), output("aes256"), output("bzip2"), output(allCores, 0, "all-cores")],
      at,
    );
    expect(speed).toMatchObject({
      singleCoreScore: 2652,
      multiCoreScore: 704,
      kernels: { lzma: 2652, bzip2: 3204, sha256: expect.any(Number), aes256: expect.any(Number) },
      notMeasured: {},
      measuredAt: "2026-11-27T20:00:00.000Z",
    });
  });

  it("says what could not be measured, and is none without LZMA", () => {
    const speed = speedOf([output("lzma"), output("bzip2", 2, "refused"), output(allCores, 137, "refused")], at);
    expect(speed).toMatchObject({
      multiCoreScore: null,
      kernels: { lzma: 2652 },
      notMeasured: { bzip2: "exit code 2", [allCores]: "it ran out of memory" },
    });
    expect(() => speedOf([output("bzip2")], at)).toThrow(expect.objectContaining({ code: "unsupported" }));
  });

  it("is measured once where there is one core", () => {
    expect(benchmarkRuns(1).map(({ name }) => name)).not.toContain(allCores);
    expect(benchmarkRuns(4).at(-1)).toMatchObject({ name: allCores, argv: ["b", "-mmt4", "-md23"] });
  });
});
