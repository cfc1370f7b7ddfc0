import fc from "fast-check";
import { expect, test } from "vitest";
import { ModelProblem } from "../../../../src/main/stacks/compose/model-problem.ts";
import type { ModelNode } from "../../../../src/main/stacks/compose/node.ts";
import { readJson } from "../../../../src/main/stacks/formats/read-json.ts";

function plain(node: ModelNode): unknown {
  if (node.kind === "map") return Object.fromEntries([...node.entries].map(([key, value]) => [key, plain(value)]));
  if (node.kind === "list") return node.items.map(plain);
  if (node.kind === "int") return Number(node.value);
  return node.kind === "null" ? null : node.value;
}

test("every JSON means what JSON.parse says", () => {
  fc.assert(
    fc.property(fc.json(), fc.constantFrom(0, 2, "\t"), (text, indent) => {
      const value: unknown = JSON.parse(text);
      const written = JSON.stringify(value, null, indent);
      expect(JSON.stringify(plain(readJson("f", written).root))).toBe(JSON.stringify(JSON.parse(written)));
    }),
    { numRuns: 300 },
  );
});

test("whatever the text, it is read or refused, and nothing is read that JSON.parse refuses but for a trailing comma", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.constantFrom(
          "{",
          "}",
          "[",
          "]",
          ",",
          ":",
          '"a"',
          '"b"',
          "1",
          "-",
          "e5",
          "true",
          "nul",
          " ",
          "\n",
          "\\",
          "//x\n",
        ),
        { maxLength: 12 },
      ),
      (parts) => {
        const text = parts.join("");
        let isRead = false;
        try {
          isRead = readJson("f", text).trailingCommas.length === 0;
        } catch (error) {
          expect(error).toBeInstanceOf(ModelProblem);
        }
        if (isRead) expect(() => JSON.parse(text)).not.toThrow();
      },
    ),
    { numRuns: 2_000 },
  );
});

test.each([
  ["", 1, 1, "ends too early"],
  ['{"a": 1', 1, 8, "ends too early"],
  ['{\n  "a": 1,\n  "a": 2\n}', 3, 3, "second time"],
  ["{a: 1}", 1, 2, "double quotes"],
  ['{"a": 01}', 1, 8, 'comma or "}"'],
  ['{"a": "x\ny"}', 1, 7, "not closed"],
  ["[1] x", 1, 5, "after the end"],
  ["[,]", 1, 2, "A value"],
  ["[".repeat(200), 1, 102, "levels"],
])("%j is refused where it is wrong", (text, line, column, message) => {
  const read = () => readJson("f", text);
  expect(read).toThrow(ModelProblem);
  expect(read).toThrow(message);
  try {
    read();
  } catch (error) {
    expect(error).toMatchObject({ rule: "json.syntax", place: { line, column } });
  }
});

test("commas before an end are told with their places", () => {
  const { root, trailingCommas } = readJson("f", '{"a": [1,],\n "b": 2,\n}');
  expect(plain(root)).toEqual({ a: [1], b: 2 });
  expect(trailingCommas.map(({ line, column }) => `${line}:${column}`)).toEqual(["1:9", "2:8"]);
});
