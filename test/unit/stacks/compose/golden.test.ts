import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { stackConfig } from "../../../../src/main/stacks/index.ts";
import { stackSelection } from "../../../../src/shared/domain/index.ts";
import { parseArchive, unpack } from "../../../golden/archive.ts";

/** What Docker Compose 2.26 prints for these files is in them; test/golden/update-compose.ts wrote it there. */
const cases = new URL("../../../golden/compose/", import.meta.url).pathname;
const parent = mkdtempSync(join(tmpdir(), "golden-"));
afterAll(() => rmSync(parent, { recursive: true }));

const names = readdirSync(cases).filter((name) => name.endsWith(".txtar"));

test("there are cases", () => {
  expect(names.length).toBeGreaterThan(150);
});

test.each(names)("%s says the same as the reference", async (archive) => {
  const files = parseArchive(readFileSync(join(cases, archive), "utf8"));
  const folder = join(parent, basename(archive, ".txtar"));
  mkdirSync(folder);
  unpack(files, folder);
  const answer = stackConfig(requestFor(folder, files), { HOME: "/home/user" });
  const expected = files.get("expected.json");
  if (expected === undefined) {
    await expect(answer).rejects.toMatchObject({
      name: "AppError",
      code: expect.stringMatching(/bad-input|not-found/),
    });
    return;
  }
  const { text } = await answer;
  expect(JSON.parse(text.replaceAll(folder, "<folder>").replaceAll(parent, "<parent>"))).toEqual(JSON.parse(expected));
});

function requestFor(folder: string, files: ReadonlyMap<string, string>) {
  const words = (files.get("arguments") ?? "").split(/\s+/).filter((word) => word !== "");
  const valuesOf = (option: string) => words.filter((_, index) => words[index - 1] === option);
  const named = valuesOf("-f").map((file) => join(folder, file));
  const profiles = valuesOf("--profile");
  const envFiles = valuesOf("--env-file").map((file) => join(folder, file));
  const [file = folder, ...moreFiles] = named;
  return {
    ...stackSelection(file, {
      moreFiles,
      folder: valuesOf("--project-directory").map((name) => join(folder, name))[0] ?? null,
      name: valuesOf("-p")[0] ?? null,
      profiles: profiles.length > 0 ? profiles : null,
      envFiles: envFiles.length > 0 ? envFiles : null,
    }),
    format: "json" as const,
  };
}
