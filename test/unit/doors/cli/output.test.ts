import { expect, test } from "vitest";
import { parseDuration } from "../../../../src/main/doors/cli/durations.ts";
import { printable } from "../../../../src/main/doors/cli/output.ts";
import { formatTable } from "../../../../src/main/doors/cli/table.ts";

test("text of a device cannot move the cursor, set the title or ring the bell", () => {
  expect(printable("\u001b[31mred\u001b[0m")).toBe("red");
  expect(printable("\u001b]0;owned\u0007title")).toBe("title");
  expect(printable("a\u0007b\rc\u0000d")).toBe("a\ufffdb\ufffdc\ufffdd");
  expect(printable("a\u202eb")).toBe("a\ufffdb");
  expect(printable("Grüße, 温度 21 °C")).toBe("Grüße, 温度 21 °C");
});

test("a table stands aligned, numbers right", () => {
  const rows = [
    { name: "historian", value: "352" },
    { name: "bridge", value: "4" },
  ];
  const text = formatTable(rows, [
    { head: "NAME", value: ({ name }) => name },
    { head: "MIB", right: true, value: ({ value }) => value },
  ]);
  expect(text.split("\n").slice(1)).toEqual(["historian  352", "bridge       4"]);
});

test.each([
  ["30s", 30_000],
  ["2m", 120_000],
  ["90", 90_000],
  ["500ms", 500],
  ["1.5h", 5_400_000],
])("%s is a duration", (text, durationMs) => {
  expect(parseDuration(text)).toBe(durationMs);
});

test.each(["", "fast", "-3s", "3 weeks"])("%j is no duration", (text) => {
  expect(() => parseDuration(text)).toThrowError(expect.objectContaining({ code: "bad-input" }));
});
