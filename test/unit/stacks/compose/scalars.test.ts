import { expect, test } from "vitest";
import { parseByteSize } from "../../../../src/main/stacks/compose/byte-size.ts";
import { parseDurationMs } from "../../../../src/main/stacks/compose/duration.ts";
import { isProjectName, projectNameOf } from "../../../../src/main/stacks/compose/project-name.ts";
import { splitShellWords } from "../../../../src/main/stacks/compose/shell-words.ts";

test.each([
  ["512m", 512 * 1024 ** 2],
  ["512MB", 512 * 1024 ** 2],
  ["64MiB", 64 * 1024 ** 2],
  ["1.5g", 1.5 * 1024 ** 3],
  ["2 GB", 2 * 1024 ** 3],
  ["10k", 10240],
  ["300b", 300],
  ["1048576", 1048576],
  ["0", 0],
])("the size %s is %d bytes", (text, bytes) => {
  expect(parseByteSize(text)).toBe(bytes);
});

test.each(["", "m", "-1", "1.5.2g", "12x", "1e3", "99999999p", "0x10"])("%j is no size", (text) => {
  expect(parseByteSize(text)).toBeNull();
});

test.each([
  ["1m30s", 90_000],
  ["10s", 10_000],
  ["1.5h", 5_400_000],
  ["250ms", 250],
  ["1h0m1s", 3_601_000],
  ["0", 0],
  ["2d", 172_800_000],
])("the duration %s is %d ms", (text, ms) => {
  expect(parseDurationMs(text)).toBe(ms);
});

test.each(["", "10", "s", "-1s", "1m 30s", "1x", "1.s"])("%j is no duration", (text) => {
  expect(parseDurationMs(text)).toBeNull();
});

test.each([
  ["sh -c 'echo hi  there'", ["sh", "-c", "echo hi  there"]],
  ['a "b \\"c\\" d" e', ["a", 'b "c" d', "e"]],
  ["a\\ b c", ["a b", "c"]],
  ["  a\t\n b ", ["a", "b"]],
  ["a '' \"\" b", ["a", "", "", "b"]],
  ["\"a\\nb\" 'c\\'", ["a\\nb", "c\\"]],
  ["pre'fix'\"ed\"", ["prefixed"]],
  ["", []],
])("%j splits like a shell", (text, words) => {
  expect(splitShellWords(text)).toEqual(words);
});

test.each(["'open", 'open "still'])("%j has an open quote", (text) => {
  expect(splitShellWords(text)).toBeNull();
});

test.each([
  ["/srv/My App", "myapp"],
  ["/srv/_edge-1", "edge-1"],
  ["/srv/Grüße", "gre"],
  ["/", ""],
  ["/srv/--", ""],
])("the folder %s is called %j", (folder, name) => {
  expect(projectNameOf(folder)).toBe(name);
});

test("only lower case names with a letter or digit first may be written down", () => {
  expect(["a", "0a", "a_b-c"].map(isProjectName)).toEqual([true, true, true]);
  expect(["", "A", "-a", "_a", "a b", "a.b"].map(isProjectName)).toEqual(Array(6).fill(false));
});
