import { describe, expect, test } from "vitest";
import { fileTree, foundByFile } from "../../../../src/renderer/stacks/files/file-tree.ts";
import { fileName, folderOf, pathInside } from "../../../../src/renderer/stacks/path-parts.ts";
import type { Finding, Severity, StackFile } from "../../../../src/shared/domain/index.ts";

const file = (path: string): StackFile => ({ path, role: "stack", namedAt: null, missing: false });

function lines(paths: readonly string[], root: string): string[] {
  return fileTree(paths.map(file), root).map(
    (row) => `${"  ".repeat(row.depth)}${row.name}${row.kind === "folder" ? "/" : ""}`,
  );
}

describe("fileTree", () => {
  test("files of the folder, then its folders; one that only leads on is one line with the next", () => {
    expect(
      lines(
        ["/s/compose.yaml", "/s/.env", "/s/parts/db.yaml", "/s/a/b/c/x.yaml", "/s/a/b/c/y.yaml", "/s/parts/q.yaml"],
        "/s",
      ),
    ).toEqual(["compose.yaml", ".env", "parts/", "  db.yaml", "  q.yaml", "a/b/c/", "  x.yaml", "  y.yaml"]);
  });

  test("what lies elsewhere stands below, under the path of its folder", () => {
    expect(lines(["/s/compose.yaml", "/shared/base.yaml", "/s2/x.yaml", "/shared/more.yaml"], "/s")).toEqual([
      "compose.yaml",
      "/shared/",
      "  base.yaml",
      "  more.yaml",
      "/s2/",
      "  x.yaml",
    ]);
  });

  test("paths of Windows", () => {
    expect(lines(["C:\\s\\compose.yaml", "C:\\s\\own\\Dockerfile", "D:\\x\\base.yaml"], "C:\\s")).toEqual([
      "compose.yaml",
      "own/",
      "  Dockerfile",
      "D:\\x/",
      "  base.yaml",
    ]);
  });

  test("no files, no lines", () => {
    expect(lines([], "/s")).toEqual([]);
  });
});

test("parts of paths", () => {
  expect([fileName("/a/b.yaml"), fileName("C:\\a\\b.yaml"), fileName("b")]).toEqual(["b.yaml", "b.yaml", "b"]);
  expect([folderOf("/a/b.yaml"), folderOf("/b.yaml"), folderOf("b")]).toEqual(["/a", "/", ""]);
  expect([pathInside("/a", "/a/b"), pathInside("/a", "/ab/c"), pathInside("/a", "/a")]).toEqual(["b", null, null]);
});

test("what was found in a file: how much, and the worst", () => {
  const finding = (path: string | null, severity: Severity): Finding => ({
    rule: "r",
    severity,
    message: "m",
    hint: null,
    place: path === null ? null : { file: path, line: 1, column: 1 },
  });
  const found = foundByFile([
    finding("/a", "info"),
    finding("/a", "error"),
    finding("/a", "warning"),
    finding(null, "error"),
  ]);
  expect([...found]).toEqual([["/a", { count: 3, worst: "error" }]]);
});
