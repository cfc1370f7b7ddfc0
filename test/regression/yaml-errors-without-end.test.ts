/**
 * A file of many closing braces took seconds to refuse: the YAML parser made an error, with the place in its code, for
 * each of them. Times are compared with those of a file that is read, never alone.
 */
import { expect, test } from "vitest";
import { ModelProblem } from "../../src/main/stacks/compose/model-problem.ts";
import { readYaml } from "../../src/main/stacks/compose/read-yaml.ts";

const pairs = 10_000;
/** Valid, and of as many tokens as there are braces below. */
const readable = `[${"{},".repeat(pairs)}]`;

/** The shortest of three times, in milliseconds. */
function shortest(work: () => void): number {
  const times = [1, 2, 3].map(() => {
    const startedMs = performance.now();
    work();
    return performance.now() - startedMs;
  });
  return Math.min(...times);
}

function refused(text: string): ModelProblem {
  try {
    readYaml("f", text);
  } catch (error) {
    if (error instanceof ModelProblem) return error;
    throw error;
  }
  throw new Error("It was read.");
}

test.each([
  ["alone", "}".repeat(3 * pairs)],
  ["after a stack", `services:\n  web: {image: a}\n${"}".repeat(3 * pairs)}`],
  ["in pairs", "{}".repeat(1.5 * pairs)],
])("braces that close nothing, %s, are refused in less time than as many are read", (_name, text) => {
  const read = shortest(() => readYaml("f", readable));
  const refuse = shortest(() => expect(refused(text).rule).toBe("compose.yaml"));
  expect(refuse / read).toBeLessThan(1);
});

test("the first thing that is wrong is what is told", () => {
  expect(refused("a: [b\n} }\nc: }")).toMatchObject({ place: { line: 2, column: 1 } });
  expect(refused("a: b\n}\n}")).toMatchObject({
    message: 'This is not valid YAML: Unexpected flow-map-end token in YAML stream: "}"',
    place: { line: 2, column: 1 },
  });
});

test("errors that come later say where in the code they are, as before", () => {
  const limit = Error.stackTraceLimit;
  refused("a: 'b");
  readYaml("f", "a: b");
  expect(Error.stackTraceLimit).toBe(limit);
});
