import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { IgnoreRules } from "../../../src/main/engines/build-context/ignore-rules.ts";
import { packContext } from "../../../src/main/engines/build-context/index.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bayplan-context-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

async function pack(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of await packContext(folder, "docker/Dockerfile")) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

function listed(tar: Buffer): string[] {
  return execFileSync("tar", ["-tf", "-"], { input: tar, encoding: "utf8" }).trimEnd().split("\n");
}

describe("packContext", () => {
  it("makes an archive that tar unpacks into the same files", async () => {
    const long = `${"deep/".repeat(30)}${"n".repeat(120)}.txt`;
    for (const path of ["plain.txt", "empty", "späce name.txt", "exactly-512", long, "docker/Dockerfile"]) {
      mkdirSync(join(folder, path, ".."), { recursive: true });
      writeFileSync(join(folder, path), path === "empty" ? "" : path === "exactly-512" ? "x".repeat(512) : path);
    }
    writeFileSync(join(folder, "run.sh"), "#!/bin/sh\n", { mode: 0o755 });
    symlinkSync("plain.txt", join(folder, "link"));
    symlinkSync(`${"t/".repeat(80)}far`, join(folder, "long-link"));
    execFileSync("mkfifo", [join(folder, "pipe")]);
    const tar = await pack();
    expect(tar.length % 512).toBe(0);
    const out = mkdtempSync(join(tmpdir(), "bayplan-unpacked-"));
    try {
      execFileSync("tar", ["-xf", "-", "-C", out], { input: tar });
      rmSync(join(folder, "pipe"));
      execFileSync("diff", ["-r", "--no-dereference", folder, out]);
      expect(execFileSync("stat", ["-c", "%a", join(out, "run.sh")], { encoding: "utf8" }).trim()).toBe("755");
    } finally {
      rmSync(out, { recursive: true });
    }
    const hash = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");
    expect(hash(await pack())).toBe(hash(tar));
  });

  it("leaves out what .dockerignore says, but never the Dockerfile", async () => {
    for (const path of [
      "docker/Dockerfile",
      "docker/notes.md",
      "a.log",
      "keep/b.log",
      "keep/c.txt",
      "node_modules/x/y",
    ]) {
      mkdirSync(join(folder, path, ".."), { recursive: true });
      writeFileSync(join(folder, path), "x");
    }
    writeFileSync(join(folder, ".dockerignore"), "docker\n*.log\nnode_modules\n**/c.*\n!keep/c.txt\n");
    expect(listed(await pack())).toEqual([".dockerignore", "docker/Dockerfile", "keep/", "keep/b.log", "keep/c.txt"]);
  });

  it("fails with a sentence when there is no context", async () => {
    const nowhere = join(folder, "nowhere");
    await expect(packContext(nowhere, "Dockerfile")).rejects.toMatchObject({ code: "bad-input" });
    writeFileSync(join(folder, "file"), readFileSync("/etc/hostname"));
    await expect(packContext(join(folder, "file"), "Dockerfile")).rejects.toMatchObject({ code: "bad-input" });
  });
});

describe("IgnoreRules", () => {
  it.each([
    ["*.md", "README.md", true],
    ["*.md", "docs/README.md", false],
    ["**/*.md", "docs/a/README.md", true],
    ["**/*.md", "README.md", true],
    ["docs", "docs/a/b.txt", true],
    ["docs", "docs-old/a", false],
    ["/docs/", "docs/a", true],
    ["./docs/../src", "src/a", true],
    ["a?c", "abc", true],
    ["a?c", "a/c", false],
    ["[ab].txt", "b.txt", true],
    ["[^a].txt", "a.txt", false],
    ["docs/**", "docs/x/y", true],
    ["# comment", "# comment", false],
    ["a.b", "axb", false],
    ["*\n!keep", "keep", false],
    ["*\n!keep", "other", true],
    ["!keep\n*", "keep", true],
    ["a\\*b", "a*b", true],
    ["a\\*b", "axb", false],
  ])("%j on %s: %s", (rules, path, ignored) => {
    expect(new IgnoreRules(rules).ignores(path)).toBe(ignored);
  });
});
