import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const root = join(import.meta.dirname, "../../../..");
const folders: Record<string, string> = {
  judge: "test/unit/shared/judge",
  profiling: "test/unit/profiling",
  engines: "test/unit/engines",
  integration: "test/integration",
};

/** `| rule | folder/file | test |` of docs/verdict-rules.md. */
function rows(): { rule: string; file: string; test: string }[] {
  const text = readFileSync(join(root, "docs/verdict-rules.md"), "utf8");
  return [...text.matchAll(/^\| (.+?) \| (\w+)\/([\w-]+) \| (.+) \|$/gm)].map(
    ([, rule = "", folder = "", name = "", test = ""]) => ({
      rule,
      file: join(root, folders[folder] ?? folder, `${name}.test.ts`),
      test,
    }),
  );
}

it("each rule of a verdict has a test that is there", () => {
  const missing = rows().filter(({ file, test }) => !readFileSync(file, "utf8").includes(`("${test}"`));
  expect(missing).toEqual([]);
  expect(rows().length).toBeGreaterThan(60);
});
