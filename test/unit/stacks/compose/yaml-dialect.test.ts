/** test/golden/compose/yaml-* has what the reference says of each; here is what it cannot show: places, bounds. */
import { expect, test } from "vitest";
import { ModelProblem } from "../../../../src/main/stacks/compose/model-problem.ts";
import { at, type ModelNode } from "../../../../src/main/stacks/compose/node.ts";
import { readYaml } from "../../../../src/main/stacks/compose/read-yaml.ts";
import { toParserDialect } from "../../../../src/main/stacks/compose/yaml-dialect.ts";

function root(text: string): ModelNode {
  const [document] = readYaml("f", text);
  if (document === undefined) throw new Error("there is no document");
  return document.root;
}

function refusal(text: string): ModelProblem {
  try {
    readYaml("f", text);
  } catch (error) {
    if (error instanceof ModelProblem) return error;
    throw error;
  }
  throw new Error("It was read.");
}

test("a text that needs nothing stays as it is", () => {
  const text = "a: [b, 'c', \"d\"]\ne:\n  - f # g\n  - |\n    \tx\nh: 'i\n  j'\n";
  expect(toParserDialect(text, 10)).toMatchObject({ text, misfit: null, isTooDeep: false });
});

test("lines that are indented here keep the places that they have in the file", () => {
  const list = at(at(root("services:\n  a: [\n b,\nc]\n  d: e\n"), "services"), "a");
  expect(list).toMatchObject({
    items: [
      { value: "b", place: { line: 3, column: 2 } },
      { value: "c", place: { line: 4, column: 1 } },
    ],
  });
  expect(at(root("x: {A:, B: -, C: d}"), "x")).toMatchObject({
    entries: new Map([
      ["A:", expect.objectContaining({ kind: "null" })],
      ["B", expect.objectContaining({ value: "-", place: { file: "f", line: 1, column: 12 } })],
      ["C", expect.objectContaining({ value: "d", place: { file: "f", line: 1, column: 18 } })],
    ]),
  });
});

test("a text in quotes keeps its breaks and spaces, whatever its lines are indented", () => {
  expect(at(root("a:\n  b: 'one\ntwo\n\n  three'\n  c: d\n"), "a")).toMatchObject({
    entries: new Map([
      ["b", expect.objectContaining({ value: "one two\nthree" })],
      ["c", expect.objectContaining({ value: "d" })],
    ]),
  });
});

test.each([
  ["a tab where a line begins", "a: b\n\t\nc: d\n", 2, 1],
  ["a tab after a dash", "a:\n  -\tb\n", 2, 4],
  ["a question mark in brackets", "a: [http://b?c=d]", 1, 13],
  ["no space after a colon in brackets", "a: {b:{c: d}}", 1, 6],
  ["a key that is not in the line of its colon", "a: {b\n : c}", 1, 5],
  ["a dot in the name of an anchor", "a: &b.c d\n", 1, 4],
  ["a key without end", `a: {${"k".repeat(1025)}: b}`, 1, 5],
  ["another YAML", "%YAML 1.2\n---\na: b\n", 1, 1],
])("%s is refused at its place, as Compose does", (_name, text, line, column) => {
  expect(refusal(text)).toMatchObject({ rule: "compose.yaml", place: { line, column } });
});

test("what is left open is not mended for ever", { timeout: 20_000 }, () => {
  for (const text of [
    `a:\n  b: [${"\nc,".repeat(300_000)}]`,
    `a:\n  b: '${"\nc".repeat(300_000)}`,
    "a:\n  b: ['c\n---\nd']\n",
  ])
    expect(refusal(text).rule).toBe("compose.yaml");
});

test("a text in quotes of many lines is mended at once", () => {
  const lines = Array.from({ length: 20_000 }, (_, index) => `line ${index}`);
  expect(at(at(root(`a:\n  b: "${lines.join("\n")}"\n`), "a"), "b")).toMatchObject({ value: lines.join(" ") });
});
