// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of a compose file look like this.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { openStack } from "../../../../src/main/stacks/index.ts";
import { AppError, openedStackSchema } from "../../../../src/shared/domain/index.ts";
import { brief, folderWith, open } from "./stack-folder.ts";

test("an alias bomb is refused at once", async () => {
  const levels = Array.from({ length: 30 }, (_, n) => `l${n + 1}: &l${n + 1} [${Array(9).fill(`*l${n}`).join(", ")}]`);
  const { stack, findings } = await open(`l0: &l0 [x]\n${levels.join("\n")}\nservices: {a: {image: x}}\n`);
  expect(stack).toBeNull();
  expect(brief(findings)).toEqual(["error compose.too-large 1:10"]);
});

test("an alias inside what it names is refused", async () => {
  expect(brief((await open("services: &s\n  a: *s\n")).findings)).toContain("error compose.yaml 2:3");
  expect(brief((await open("x-a: &s [*s]\nservices: {a: {image: x}}\n")).findings)).toEqual(["error compose.yaml 1:9"]);
});

const kib = 1024;

test.each([
  ["nested lists", "[".repeat(900 * kib)],
  ["nested block lists", "- ".repeat(400 * kib)],
  ["nested maps", Array.from({ length: 1300 }, (_, n) => `${" ".repeat(n)}a:`).join("\n")],
  ["many keys", Array.from({ length: 40_000 }, (_, n) => `k${n}: 1`).join("\n")],
  ["many aliases", `a: &a x\nb: [${"*a,".repeat(60 * kib)}]`],
  ["many anchors", Array.from({ length: 20_000 }, (_, n) => `- &a${n} *a${n}`).join("\n")],
  ["open braces of variables", `services: {a: {image: "${"${A:-".repeat(150 * kib)}"}}`],
  ["many services", `services:\n${Array.from({ length: 10_000 }, (_, n) => `  s${n}: {image: x}`).join("\n")}`],
  ["quotes", `services: {a: {image: x, command: "${"' ".repeat(300 * kib)}'"}}`],
  ["spaces", `services: {a: {image: x}}\n${" ".repeat(900 * kib)}x`],
  [
    "one long chain",
    `services:\n${Array.from({ length: 199 }, (_, n) => `  s${n}: {image: x, depends_on: [s${n + 1}]}`).join("\n")}\n  s199: {image: x, depends_on: [s0]}`,
  ],
])("%s neither hang nor escape", { timeout: 30_000 }, async (_name, text) => {
  const { stack, findings } = await open(text);
  expect(stack).toBeNull();
  expect(findings.some(({ severity }) => severity === "error")).toBe(true);
});

/** Pieces that mean something to YAML or Compose, glued together at random. */
const pieces = fc.constantFrom(
  "services:",
  "\n",
  "\n  ",
  "\n    ",
  "web:",
  "image: ",
  "nginx",
  "ports:",
  "- ",
  "8080:80",
  "1-65535",
  "{",
  "}",
  "[",
  "]",
  "&a ",
  "*a",
  "<<: *a",
  "${",
  "}",
  "${A:-",
  "$$",
  ":",
  "|",
  ">",
  "'",
  '"',
  "#",
  "!!map ",
  "!x ",
  "---",
  "...",
  "\t",
  "null",
  "depends_on:",
  "volumes:",
  "./x:/y:ro",
  "healthcheck:",
  "test:",
  "deploy:",
  "resources:",
  "limits:",
  "memory: ",
  "1.5g",
  "environment:",
  "A=1",
  "networks:",
  "build:",
  "x-bayplan:",
  "load: true",
  "env_file: ",
  ".",
  "/",
  "~",
  "__proto__:",
  "0",
  "-1",
);

test("whatever the text, there is an answer or an AppError, and the answer keeps its contract", {
  timeout: 120_000,
}, async () => {
  const folder = await folderWith({});
  const file = join(folder, "compose.yaml");
  const texts = fc.oneof(
    { weight: 4, arbitrary: fc.array(pieces, { maxLength: 60 }).map((parts) => parts.join("")) },
    { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 300 }) },
    {
      weight: 2,
      arbitrary: fc
        .dictionary(
          fc.constantFrom("image", "ports", "volumes", "deploy", "command", "healthcheck", "networks", "build", "cpus"),
          fc.jsonValue(),
        )
        .map((web) => JSON.stringify({ services: { web } })),
    },
  );
  await fc.assert(
    fc.asyncProperty(texts, async (text) => {
      await writeFile(file, text);
      try {
        const opened = openedStackSchema.parse(await openStack(file, { A: "1" }));
        const hasErrors = opened.findings.some(({ severity }) => severity === "error");
        expect(opened.stack === null).toBe(hasErrors);
      } catch (error) {
        expect(error).toBeInstanceOf(AppError);
      }
    }),
    { numRuns: 400, interruptAfterTimeLimit: 60_000, markInterruptAsFailure: true },
  );
});
