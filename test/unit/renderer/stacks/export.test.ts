import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { exportName } from "../../../../src/renderer/stacks/export/save-export.ts";
import { crc32, zipFile } from "../../../../src/renderer/stacks/export/zip-file.ts";

const run = promisify(execFile);
const readArchive = `
import sys, zipfile
archive = zipfile.ZipFile(sys.argv[1])
assert archive.testzip() is None
for info in archive.infolist(): print(info.filename, len(archive.read(info)), info.date_time[0])
`;

test("the check sum of the standard's own example", () => {
  expect(crc32(new TextEncoder().encode("123456789"))).toBe(0xcbf43926);
});

test("another program reads the archive: names, contents, check sums", async () => {
  const folder = await mkdtemp(join(tmpdir(), "bayplan-zip-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const archive = join(folder, "a.zip");
  const entries = [
    { name: "broker.json", text: '{"a":1}\n' },
    { name: "größe.json", text: "ü".repeat(70_000) },
    { name: "empty.json", text: "" },
  ];
  await writeFile(archive, new Uint8Array(await zipFile(entries).arrayBuffer()));
  const { stdout } = await run("python3", ["-c", readArchive, archive]);
  expect(stdout).toBe("broker.json 8 1980\ngröße.json 140000 1980\nempty.json 0 1980\n");
  expect((await readFile(archive)).subarray(0, 4).toString("latin1")).toBe("PK\u0003\u0004");
});

test("what a file is saved as", () => {
  const one = [{ name: "compose.yaml", text: "" }];
  expect(exportName("line", "compose", one)).toBe("line.compose.yaml");
  expect(exportName("line", "kanto", [{ name: "broker.json", text: "" }])).toBe("broker.json");
  expect(exportName("line", "kanto-ditto", [...one, ...one])).toBe("line.kanto-ditto.zip");
});
