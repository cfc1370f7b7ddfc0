import { expect, test } from "vitest";
import { brief, check } from "./check-folder.ts";

const stack =
  "services:\n  a: { image: redis, restart: always, tmpfs: /data, mem_limit: 64m, memswap_limit: 64m, cpus: 1 }\n";

function withSettings(text: string) {
  return check(stack, "", { "bayplan.yaml": text });
}

test("a rule counts as the file says, or not at all", async () => {
  expect(brief(await check(stack))).toEqual(["warning logs.no-rotation 2:3", "warning image.latest 2:8"]);
  const found = await withSettings("# settled in the spring\nrules:\n  image.latest: error\n  logs.no-rotation: off\n");
  expect(brief(found)).toEqual(["error image.latest 2:8"]);
  expect(found.rules.find(({ id }) => id === "image.latest")?.severity).toBe("error");
});

test("an empty file and one of comments settle nothing", async () => {
  expect(brief(await withSettings(""))).toHaveLength(2);
  expect(brief(await withSettings("# nothing\n"))).toHaveLength(2);
  expect(brief(await withSettings("rules: {}\n"))).toHaveLength(2);
});

test("remarks of reading count as the file says, too", async () => {
  const text = `version: "3"\n${stack}`;
  expect(brief(await check(text))[0]).toBe("info compose.obsolete-key 1:1");
  const settings = { "bayplan.yaml": "rules: { compose.obsolete-key: off }\n" };
  expect(brief(await check(text, "", settings))[0]).not.toContain("obsolete-key");
});

test.each([
  [
    "rules:\n  image.latset: off\n",
    ":2:3: `rules.image.latset`: This is no rule; `bayplan check FILE --format json` lists them.",
  ],
  ["rules:\n  image.latest: loud\n", ":2:3: `rules.image.latest`: This is none of error, warning, info and off."],
  ["rules:\n  image.latest: false\n", ":2:3: `rules.image.latest`: This is none of error, warning, info and off."],
  ["# a\nrule:\n  image.latest: off\n", ":2:1: `rule`: This key is not known here."],
  ["rules: [a]\n", ":1:1: `rules`:"],
  ["rules: {\n", ":2:1: This is not valid YAML"],
  ["a: 1\n---\nb: 1\n", "holds more than one document"],
  ["words\n", ":1:1: The file: Invalid input: expected object"],
  [`# ${"x".repeat(70_000)}\n`, "is larger than 64 KiB"],
])("%j is refused with its place", async (text, message) => {
  await expect(withSettings(text)).rejects.toMatchObject({
    name: "AppError",
    code: "bad-input",
    message: expect.stringContaining(message),
  });
});
