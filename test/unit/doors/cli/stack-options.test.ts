import { resolve } from "node:path";
import { Command } from "commander";
import { expect, test } from "vitest";
import { chosenStack, type StackFlags, takesAnyStack } from "../../../../src/main/doors/cli/stack-options.ts";
import { type StackSelection, stackSelection } from "../../../../src/shared/domain/index.ts";

/** What the words of a command line choose. */
function chosen(words: string): StackSelection {
  let stack: StackSelection | null = null;
  takesAnyStack(new Command("up"))
    .exitOverride()
    .action((files: string[], flags: StackFlags) => {
      stack = chosenStack(files, flags);
    })
    .parse(words.split(" ").filter(Boolean), { from: "user" });
  if (stack === null) throw new Error("nothing was chosen");
  return stack;
}

test("files are named by themselves or as docker compose takes them, a later one over an earlier one", () => {
  const expected = stackSelection(resolve("a.yaml"), { moreFiles: [resolve("b.yaml"), resolve("c.yaml")] });
  expect(chosen("a.yaml b.yaml c.yaml")).toEqual(expected);
  expect(chosen("-f a.yaml --file b.yaml -f c.yaml")).toEqual(expected);
  expect(() => chosen("-f a.yaml b.yaml")).toThrow(/their order cannot be told/);
});

test("without a file it is the stack of the current folder", () => {
  expect(chosen("")).toEqual(stackSelection(process.cwd()));
});

test("the options of docker compose, with paths made absolute", () => {
  expect(
    chosen(
      "a -p mine --profile one --profile two --env-file x.env --env-file y.env --project-directory sub --from compose",
    ),
  ).toEqual({
    file: resolve("a"),
    moreFiles: [],
    from: "compose",
    folder: resolve("sub"),
    name: "mine",
    profiles: ["one", "two"],
    envFiles: [resolve("x.env"), resolve("y.env")],
  });
});
