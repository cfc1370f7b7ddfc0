import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { checkStack, rules } from "../../../../src/main/stacks/index.ts";
import { parseArchive, unpack } from "../../../golden/archive.ts";
import { requestFor } from "./check-folder.ts";
import { rulesTable } from "./rules-page.ts";

/** A case has a stack that the rule speaks of, at the lines that end with `# finds`, and one that it is silent about. */
const cases = new URL("../../../golden/checks/", import.meta.url).pathname;
const parent = mkdtempSync(join(tmpdir(), "checks-"));
afterAll(() => rmSync(parent, { recursive: true }));

const ids = rules.map(({ id }) => id);

test("every rule has a case, and every case a rule", () => {
  expect(
    readdirSync(cases)
      .map((name) => basename(name, ".txtar"))
      .sort(),
  ).toEqual([...ids].sort());
});

test("a rule has one name, a sentence and a source", () => {
  expect(new Set(ids).size).toBe(ids.length);
  for (const { title, source } of rules) {
    expect(title).toMatch(/^[A-Z`b].*\.$/);
    expect(source).not.toBe("");
  }
});

test("docs/rules.md has the table of all rules", () => {
  const page = readFileSync(new URL("../../../../docs/rules.md", import.meta.url), "utf8");
  expect(page).toContain(rulesTable());
});

test.each(ids)("%s finds what it is for, and nothing else", async (id) => {
  const files = parseArchive(readFileSync(join(cases, `${id}.txtar`), "utf8"));
  const folder = join(parent, id);
  mkdirSync(folder);
  unpack(files, folder);
  const linesOf = async (name: string) => {
    const checked = await checkStack(await requestFor(join(folder, name, "compose.yaml"), files.get("arguments")));
    expect(checked.opened, "the file can be read").not.toBeNull();
    const own = checked.checked.filter(({ finding }) => finding.rule === id);
    if (name === "failing") {
      const mends = rules.find((rule) => rule.id === id)?.mends !== undefined;
      expect(own.some(({ finding }) => finding.fixable)).toBe(mends);
    }
    return own.map(({ finding }) => finding.place?.line);
  };
  const marked = (files.get("failing/compose.yaml") ?? "")
    .split("\n")
    .flatMap((line, index) => (line.endsWith("# finds") ? [index + 1] : []));
  expect(marked).not.toEqual([]);
  expect(await linesOf("failing")).toEqual(marked);
  expect(await linesOf("clean")).toEqual([]);
});
