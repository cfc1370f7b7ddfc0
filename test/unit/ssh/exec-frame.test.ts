import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { frameCommand, MarkerFilter } from "../../../src/main/ssh/exec-frame.ts";

function feed(filter: MarkerFilter, bytes: Buffer, cuts: readonly number[]): string {
  const out: Buffer[] = [];
  let from = 0;
  for (const cut of [...cuts.map((c) => c % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]) {
    if (cut <= from) continue;
    const part = filter.take(bytes.subarray(from, cut));
    if (part !== null) out.push(part);
    from = cut;
  }
  return Buffer.concat(out).toString("latin1");
}

describe("MarkerFilter", () => {
  test.prop([
    fc.string({ maxLength: 80 }),
    fc.string({ unit: "binary-ascii", maxLength: 80 }),
    fc.array(fc.nat(), { maxLength: 20 }),
  ])("gives the command's bytes, whatever came before and however it is cut", (noise, output, cuts) => {
    const { marker } = frameCommand(["true"]);
    const filter = new MarkerFilter(marker);
    const bytes = Buffer.concat([Buffer.from(noise), Buffer.from(`\n${marker} 4711\n`), Buffer.from(output, "latin1")]);
    expect(feed(filter, bytes, cuts)).toBe(output);
    expect(filter.pid).toBe(4711);
    expect(filter.noise).toBe("");
  });

  it("does not take a trace of the command for its marker", () => {
    const filter = new MarkerFilter("bayplan-1");
    expect(filter.take(Buffer.from("+ exec sh -c ... bayplan-1 true\n"))).toBeNull();
    expect(filter.pid).toBeNull();
    expect(filter.noise).toContain("+ exec");
  });

  it("gives up on noise without end", () => {
    const filter = new MarkerFilter("bayplan-1");
    expect(() => {
      for (let i = 0; i < 10; i += 1) filter.take(Buffer.alloc(64 * 1024, "x"));
    }).toThrow("without end");
  });
});
