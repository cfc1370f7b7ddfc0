import { expect, test } from "vitest";
import type { ProjectFile } from "../../../../src/main/stacks/device-files/project-binds.ts";
import { isSame, planSend, type SentFiles } from "../../../../src/main/stacks/device-files/sent-files.ts";

const hash = (letter: string) => letter.repeat(64);

function file(path: string, letter: string, values: Partial<ProjectFile> = {}): ProjectFile {
  return {
    path,
    source: `/p/${path}`,
    kind: "file",
    mode: 0o644,
    sizeBytes: 1,
    modifiedAtMs: 0,
    linkTarget: "",
    digest: hash(letter),
    ...values,
  };
}

function sent(files: Record<string, string>, link = false): SentFiles {
  const entries = Object.entries(files).map(([path, letter]) => [path, { digest: hash(letter), mode: 0o644, link }]);
  return { version: 1, files: Object.fromEntries(entries) };
}

function planned(files: ProjectFile[], before: SentFiles | null, there: Record<string, string>) {
  const hashes = new Map(Object.entries(there).map(([path, letter]) => [path, hash(letter)]));
  const plan = planSend(files, before, hashes);
  const { send, remove, kept, replaced } = plan;
  return { send: send.map(({ path }) => path), remove, kept, replaced, same: isSame(plan, before) };
}

const nothing = { send: [], remove: [], kept: [], replaced: [], same: true };

test("everything goes where nothing was sent, and nothing where all is as it was", () => {
  expect(planned([file("a", "1")], null, {})).toEqual({ ...nothing, send: ["a"], same: false });
  expect(planned([file("a", "1")], sent({ a: "1" }), { a: "1" })).toEqual(nothing);
});

test("what changed here goes, in content or in mode, and what is missing there goes again", () => {
  expect(planned([file("a", "2")], sent({ a: "1" }), { a: "1" })).toMatchObject({ send: ["a"], replaced: [] });
  expect(planned([file("a", "1", { mode: 0o600 })], sent({ a: "1" }), { a: "1" })).toMatchObject({ send: ["a"] });
  expect(planned([file("a", "1")], sent({ a: "1" }), {})).toMatchObject({ send: ["a"] });
});

test("what a container changed is left while it is the same here, and replaced when it is not", () => {
  expect(planned([file("a", "1")], sent({ a: "1" }), { a: "9" })).toEqual({ ...nothing, kept: ["a"] });
  expect(planned([file("a", "2")], sent({ a: "1" }), { a: "9" })).toMatchObject({ send: ["a"], replaced: ["a"] });
});

test("what is gone here is removed there, unless a container changed it", () => {
  const plan = planned([], sent({ a: "1", b: "1" }), { a: "1", b: "9" });
  expect(plan).toMatchObject({ remove: ["a"], kept: ["b"], same: false });
});

test("a link has no hash of its own, and goes only when it leads elsewhere", () => {
  const link = file("l", "1", { kind: "symlink" });
  expect(planned([link], sent({ l: "1" }, true), {})).toEqual(nothing);
  expect(planned([link], sent({ l: "2" }, true), {})).toMatchObject({ send: ["l"] });
});

test("folders go with the rest, and alone they are nothing to send", () => {
  const folder = file("d", "", { kind: "folder", digest: "" });
  expect(planned([folder, file("d/a", "1")], sent({ "d/a": "1" }), { "d/a": "1" })).toEqual({
    ...nothing,
    send: ["d"],
  });
});
