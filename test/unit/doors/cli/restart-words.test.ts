import { expect, test } from "vitest";
import { stackWords } from "../../../../src/main/doors/cli/restart-command.ts";

test.each([
  ["compose.yaml", { files: ["compose.yaml"], services: [] }],
  ["./gateway web db", { files: ["./gateway"], services: ["web", "db"] }],
  ["a.yaml b.yml web", { files: ["a.yaml", "b.yml"], services: ["web"] }],
  [". web", { files: ["."], services: ["web"] }],
  ["", { files: [], services: [] }],
  ["press-line-01 web", null],
  ["gateway", null],
])("restart %s", (line, words) => {
  expect(stackWords(line.split(" ").filter(Boolean), false, {})).toEqual(words);
});

test("--on and --from say that it is a stack, and -f that every word is a service", () => {
  expect(stackWords(["gateway", "web"], true, {})).toEqual({ files: ["gateway"], services: ["web"] });
  expect(stackWords(["gateway", "web"], false, { file: ["x.yaml"] })).toEqual({
    files: [],
    services: ["gateway", "web"],
  });
});
