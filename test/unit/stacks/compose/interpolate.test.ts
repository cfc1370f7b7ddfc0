// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of a compose file look like this.
import { expect, test } from "vitest";
import { EnvFileProblem, parseEnvFile } from "../../../../src/main/stacks/compose/env-file.ts";
import { InterpolationProblem, interpolate } from "../../../../src/main/stacks/compose/interpolate.ts";

const variables: Record<string, string> = { SET: "value", EMPTY: "", OTHER: "other", A1_b: "mixed" };
const lookup = (name: string) => variables[name];

test.each([
  ["$SET", "value"],
  ["${SET}", "value"],
  ["a${SET}b$OTHER.c", "avaluebother.c"],
  ["$A1_b", "mixed"],
  ["$$SET $${SET} $$$$", "$SET ${SET} $$"],
  ["$$$SET", "$value"],
  ["${SET:-d}", "value"],
  ["${EMPTY:-d}", "d"],
  ["${NONE:-d}", "d"],
  ["${SET-d}", "value"],
  ["${EMPTY-d}", ""],
  ["${NONE-d}", "d"],
  ["${NONE:-}", ""],
  ["${NONE-a:b/c-d}", "a:b/c-d"],
  ["${NONE:-${SET}}", "value"],
  ["${NONE:-${EMPTY:-${OTHER}}!}", "other!"],
  ["${SET:+yes}", "yes"],
  ["${EMPTY:+yes}", ""],
  ["${EMPTY+yes}", "yes"],
  ["${NONE+yes}", ""],
  ["${SET:?why}", "value"],
  ["${EMPTY?why}", ""],
])("%j becomes %j", (text, expected) => {
  expect(interpolate(text, lookup)).toEqual({ text: expected, unset: [] });
});

test("an unset variable is an empty text and is named", () => {
  expect(interpolate("a${NONE}b$GONE", lookup)).toEqual({ text: "ab", unset: ["NONE", "GONE"] });
});

test.each([
  ["${NONE:?set it}", "NONE is required: set it"],
  ["${EMPTY:?}", "EMPTY is required"],
  ["${NONE?${SET} missing}", "NONE is required: value missing"],
  ["${SET", "never closed"],
  ["${}", "not a variable"],
  ["${1A}", "not a variable"],
  ["${A B}", "not a variable"],
  ["cost: 5$", "without a name"],
  ["$1", "without a name"],
  ["${NONE:-".repeat(40) + "}".repeat(40), "too deeply"],
])("%j is refused", (text, why) => {
  expect(() => interpolate(text, lookup)).toThrow(InterpolationProblem);
  expect(() => interpolate(text, lookup)).toThrow(why);
});

test("an env file has comments, quotes, exports and earlier variables", () => {
  const source = [
    "# comment",
    "",
    "A=1",
    "export B=two words # comment",
    "C='lit $A # no'",
    'D="esc \\"q\\" $A \\$A\\n."',
    "E=${A}-${SET}",
    "F=",
    "G",
    "H=# nothing",
    'I="first',
    'second"',
    "  J : 5",
  ].join("\n");
  expect(Object.fromEntries(parseEnvFile(source, lookup))).toEqual({
    A: "1",
    B: "two words",
    C: "lit $A # no",
    D: 'esc "q" 1 $A\n.',
    E: "1-value",
    F: "",
    G: null,
    H: "",
    I: "first\nsecond",
    J: "5",
  });
});

test("the environment wins over an earlier line of an env file", () => {
  expect(parseEnvFile("SET=mine\nX=$SET", lookup).get("X")).toBe("value");
});

test.each([
  ["A=1\n1B=2", 2],
  ["A=1\n\nB='open\nx", 3],
  ["A=${", 1],
])("%j is refused with its line", (source, line) => {
  expect(() => parseEnvFile(source, lookup)).toThrow(expect.objectContaining({ line }));
  expect(() => parseEnvFile(source, lookup)).toThrow(EnvFileProblem);
});

test("a chain of variables that doubles itself is stopped", () => {
  const lines = ["V0=xxxxxxxxxxxxxxxx", ...Array.from({ length: 40 }, (_, i) => `V${i + 1}=$V${i}$V${i}`)];
  expect(() => parseEnvFile(lines.join("\n"), lookup)).toThrow("longer than 1 MiB");
});
