/**
 * Writes the answers of the reference into the cases of `test/golden/compose`:
 *
 *     npx tsx test/golden/update-compose.ts PATH-TO-docker-compose
 *
 * The answers that are checked in are those of Docker Compose 2.26.1 (compose-go 2.4.8), the package `docker-compose` of Debian 13.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { parseArchive, printArchive, unpack } from "./archive.ts";

const [reference, ...only] = process.argv.slice(2);
if (reference === undefined) throw new Error("Name the docker-compose program.");
const cases = new URL("./compose/", import.meta.url).pathname;

for (const file of readdirSync(cases).filter((name) => name.endsWith(".txtar"))) {
  const name = basename(file, ".txtar");
  if (only.length > 0 && !only.includes(name)) continue;
  const files = parseArchive(readFileSync(join(cases, file), "utf8"));
  const parent = mkdtempSync(join(tmpdir(), "golden-"));
  const folder = join(parent, name);
  mkdirSync(folder);
  unpack(files, folder);
  files.delete("expected.json");
  files.delete("refused.txt");
  const args = (files.get("arguments") ?? "").split(/\s+/).filter((word) => word !== "");
  const env = { HOME: "/home/user", PATH: process.env.PATH ?? "" };
  const portable = (text: string) => text.replaceAll(folder, "<folder>").replaceAll(parent, "<parent>");
  try {
    const out = execFileSync(reference, [...args, "config", "--format", "json"], {
      cwd: folder,
      env,
      encoding: "utf8",
      stdio: "pipe",
    });
    files.set("expected.json", `${JSON.stringify(JSON.parse(portable(out)), null, 1)}\n`);
  } catch (error) {
    const said = error instanceof Error && "stderr" in error ? String(error.stderr) : String(error);
    const last = said
      .trim()
      .split("\n")
      .filter((line) => !line.includes("level=warning"));
    files.set("refused.txt", portable(`${(said.includes("panic:") ? ["panic"] : last).join("\n")}\n`));
  }
  writeFileSync(join(cases, file), printArchive(files));
  rmSync(parent, { recursive: true });
}
