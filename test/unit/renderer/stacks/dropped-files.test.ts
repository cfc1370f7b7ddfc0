import { describe, expect, test } from "vitest";
import { likeliestStack, readDropped } from "../../../../src/renderer/stacks/drop/dropped-files.ts";

describe("likeliestStack", () => {
  test.each([
    [["/a/notes.txt", "/a/x.json", "/a/compose.yml"], "/a/compose.yml"],
    [["C:\\a\\notes.txt", "C:\\a\\docker-compose.yaml"], "C:\\a\\docker-compose.yaml"],
    [["/a/notes.txt", "/a/run.sh"], "/a/run.sh"],
    [["/a/folder"], "/a/folder"],
    [["/a/mycompose.yaml.txt", "/a/b.yaml"], "/a/b.yaml"],
    [[], null],
  ])("%j", (paths, expected) => {
    expect(likeliestStack(paths)).toBe(expected);
  });
});

describe("readDropped", () => {
  const text = new File(["services: {}\n"], "compose.yaml");

  test("gives the texts", async () => {
    expect(await readDropped([text], false)).toEqual([{ name: "compose.yaml", text: "services: {}\n" }]);
  });

  test.each([
    ["a folder", [text], true],
    ["no text", [new File([new Uint8Array([0xff, 0xfe, 0x00])], "a.png")], false],
    ["a text with a zero", [new File(["a\0b"], "a.yaml")], false],
    ["too much", [new File(["x".repeat(400_001)], "a.yaml")], false],
    ["too many", Array.from({ length: 51 }, (_, index) => new File(["a"], `${index}.yaml`)), false],
  ])("%s is refused with what to do", async (_, files, hasFolder) => {
    await expect(readDropped(files, hasFolder)).rejects.toMatchObject({ code: "bad-input", hint: expect.any(String) });
  });
});
