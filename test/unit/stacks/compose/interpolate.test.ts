// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of a compose file look like this.
import { expect, test } from "vitest";
import { ModelProblem } from "../../../../src/main/stacks/compose/model-problem.ts";
import { parseDotenv } from "../../../../src/main/stacks/compose/variables/dotenv.ts";
import { fillTemplate, TemplateProblem } from "../../../../src/main/stacks/compose/variables/fill-template.ts";

const variables: Record<string, string> = { SET: "value", EMPTY: "", OTHER: "other", A1_b: "mixed" };
const lookup = (name: string) => variables[name];
const parseEnvFile = (text: string) => parseDotenv("/srv/.env", text, lookup);

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
  ["cost: 5$", "cost: 5$"],
  ["$1 $ $-", "$1 $ $-"],
  ["${NONE:-{x}}", "{x}"],
  ["${NONE:-a}${SET}-${NONE:-b}", "avalue-b"],
  ["${NONE:-{a}z", "{az"],
])("%j becomes %j", (text, expected) => {
  const unset: string[] = [];
  expect(fillTemplate(text, lookup, (name) => unset.push(name))).toEqual(expected);
  expect(unset).toEqual([]);
});

test("an unset variable is an empty text and is named", () => {
  const unset: string[] = [];
  expect(fillTemplate("a${NONE}b$GONE", lookup, (name) => unset.push(name))).toBe("ab");
  expect(unset).toEqual(["NONE", "GONE"]);
});

test.each([
  ["${NONE:?set it}", "NONE must have a value: set it"],
  ["${EMPTY:?}", "EMPTY must have a value"],
  ["${NONE?${SET} missing}", "NONE must have a value: value missing"],
  ["${SET", "is not closed"],
  ["${SET:-x\n}", "is not closed"],
  ["${}", "needs the name"],
  ["${1A}", "needs the name"],
  ["${A B}", "something else"],
  ["${NONE:-".repeat(60) + "}".repeat(60), "too deeply"],
])("%j is refused", (text, why) => {
  expect(() => fillTemplate(text, lookup)).toThrow(TemplateProblem);
  expect(() => fillTemplate(text, lookup)).toThrow(why);
});

test("very many variables in one line take one pass", () => {
  expect(fillTemplate("${NONE:-a}".repeat(100_000), lookup)).toHaveLength(100_000);
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
  expect(Object.fromEntries(parseEnvFile(source))).toEqual({
    A: "1",
    B: "two words",
    C: "lit $A # no",
    D: 'esc "q" 1 $A\n.',
    E: "1-value",
    F: "",
    H: "# nothing",
    I: "first\nsecond",
    J: "5",
  });
});

test("the environment wins over an earlier line of an env file", () => {
  expect(parseEnvFile("SET=mine\nX=$SET").get("X")).toBe("value");
});

test.each([
  ["A=1\nB C=2", 2],
  ["A=1\n\nB='open\nx", 3],
  ["A=${", 1],
])("%j is refused with its line", (source, line) => {
  expect(() => parseEnvFile(source)).toThrow(expect.objectContaining({ place: expect.objectContaining({ line }) }));
  expect(() => parseEnvFile(source)).toThrow(ModelProblem);
});

test("a chain of variables that doubles itself is stopped", () => {
  const lines = ["V0=xxxxxxxxxxxxxxxx", ...Array.from({ length: 40 }, (_, i) => `V${i + 1}=$V${i}$V${i}`)];
  expect(() => parseEnvFile(lines.join("\n"))).toThrow("longer than 1 MiB");
});
