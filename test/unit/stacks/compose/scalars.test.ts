import { expect, test } from "vitest";
import type { ScalarNode } from "../../../../src/main/stacks/compose/node.ts";
import { parseByteSize } from "../../../../src/main/stacks/compose/project/byte-size.ts";
import { durationText, parseDuration } from "../../../../src/main/stacks/compose/project/duration.ts";
import { normalizeName } from "../../../../src/main/stacks/compose/project/project-name.ts";
import { splitShellWords } from "../../../../src/main/stacks/compose/project/shell-words.ts";
import { scalarText, singleFloat } from "../../../../src/main/stacks/compose/scalar-text.ts";
import { plainScalar } from "../../../../src/main/stacks/compose/yaml-scalar.ts";

const place = { file: "/f", line: 1, column: 1 };

test.each([
  ["512m", 512 * 1024 ** 2],
  ["512MB", 512 * 1024 ** 2],
  ["64MiB", 64 * 1024 ** 2],
  ["1.5g", 1.5 * 1024 ** 3],
  ["2 GB", 2 * 1024 ** 3],
  ["10k", 10240],
  ["0.1k", 102],
  ["300b", 300],
  ["1048576", 1048576],
  ["0", 0],
])("the size %s is %d bytes", (text, bytes) => {
  expect(parseByteSize(text)).toBe(BigInt(bytes));
});

test.each(["", "m", "-1", "1.5.2g", "12x", "1e3", "1  m", "0x10"])("%j is no size", (text) => {
  expect(parseByteSize(text)).toBeNull();
});

test.each([
  ["1m30s", "1m30s"],
  ["90s", "1m30s"],
  ["1.5h", "1h30m0s"],
  ["250ms", "250ms"],
  ["1h0m1.5s", "1h0m1.5s"],
  ["1us", "1µs"],
  ["-5s", "-5s"],
  [".5s", "500ms"],
  ["0", "0s"],
])("the duration %s is %s", (text, printed) => {
  expect(durationText(parseDuration(text) ?? -1n)).toBe(printed);
});

test.each(["", "10", "s", "1d", "1m 30s", "1x", "99999999h"])("%j is no duration", (text) => {
  expect(parseDuration(text)).toBeNull();
});

test.each([
  ["sh -c 'echo hi  there'", ["sh", "-c", "echo hi  there"]],
  ['a "b \\"c\\" d" e', ["a", 'b "c" d', "e"]],
  ["a\\ b c", ["a b", "c"]],
  ["  a\t\n b ", ["a", "b"]],
  ["a '' \"\" b", ["a", "", "", "b"]],
  ["pre'fix'\"ed\"", ["prefixed"]],
  ["a; b", ["a"]],
  ["a 2> b", ["a"]],
  ["a $(b c) d", ["a", "$(b c)", "d"]],
  ["", []],
])("%j splits as Compose does", (text, words) => {
  expect(splitShellWords(text)).toEqual(words);
});

test.each(["'open", 'open "still', "a (b)", "a )", "end\\"])("%j is not closed", (text) => {
  expect(splitShellWords(text)).toBeNull();
});

test.each([
  ["My App", "myapp"],
  ["_edge-1", "edge-1"],
  ["Grüße", "gre"],
  ["", ""],
  ["--", ""],
])("%j gives the name %j", (folder, name) => {
  expect(normalizeName(folder)).toBe(name);
});

test.each<[string, ScalarNode["kind"], string]>([
  ["80", "int", "80"],
  ["0440", "int", "288"],
  ["0o17", "int", "15"],
  ["0x1F", "int", "31"],
  ["0b101", "int", "5"],
  ["1_000", "int", "1000"],
  ["-5", "int", "-5"],
  ["18446744073709551615", "int", "18446744073709551615"],
  ["123456789012345678901234567890", "float", "1.2345678901234568e+29"],
  ["08", "float", "8"],
  ["1e3", "float", "1000"],
  ["1.50", "float", "1.5"],
  ["1234567.0", "float", "1.234567e+06"],
  [".5", "float", "0.5"],
  ["0.00001", "float", "1e-05"],
  [".inf", "float", "+Inf"],
  ["true", "bool", "true"],
  ["False", "bool", "false"],
  ["yes", "text", "yes"],
  ["~", "null", ""],
  ["", "null", ""],
  ["2024-01-01", "time", "2024-01-01 00:00:00 +0000 UTC"],
  ["2024-01-01T10:11:12.5Z", "time", "2024-01-01 10:11:12.5 +0000 UTC"],
  ["2024-02-30", "text", "2024-02-30"],
  ["1.2.3.4", "text", "1.2.3.4"],
  ["80:80", "text", "80:80"],
  ["12:30:45", "text", "12:30:45"],
  ["+", "text", "+"],
])("the plain scalar %j is of kind %s and reads %j", (source, kind, text) => {
  const node = plainScalar(source, place);
  expect(node.kind).toBe(kind);
  expect(scalarText(node)).toBe(text);
});

test("a 32-bit float prints with the fewest digits", () => {
  expect([1.1, 0.3, 0.5, 16777217, 1 / 3].map(singleFloat)).toEqual([1.1, 0.3, 0.5, 16777216, 0.33333334]);
});
