import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { basename, join, sep } from "node:path";
import { maxDroppedLength } from "../../shared/contract/index.ts";
import { AppError, type OpenedStack } from "../../shared/domain/index.ts";

interface DroppedFile {
  name: string;
  text: string;
}

const keptFolders = 20;
const maxNameLength = 120;
/** Names that make a folder a stack, as `recognizeStack` looks for them. */
const leadingName =
  /^(?:docker-)?compose\.ya?ml$|^blueprint\.yaml$|^telemetry\.config\.json$|^Dockerfile(?:\.template)?$/;

/** Where copies of dropped files are. */
export function droppedFolder(dataFolder: string): string {
  return join(dataFolder, "dropped");
}

/**
 * Writes dropped files into a folder of their own and gives what to open: the only one, the folder when a known name leads
 * it, else the first that may be a stack. Older copies are removed.
 * @throws AppError `bad-input` for a name that is none, two of one name, or too much text.
 */
export async function keepDroppedFiles(files: readonly DroppedFile[], dataFolder: string): Promise<string> {
  const length = files.reduce((sum, { text }) => sum + text.length, 0);
  if (length > maxDroppedLength) {
    const hint = "Open it by its path instead.";
    throw new AppError("bad-input", `More than ${maxDroppedLength / 1000} kB were dropped.`, { hint });
  }
  const names = new Set(files.map(({ name }) => checkedName(name)));
  if (names.size < files.length) throw new AppError("bad-input", "Two of the dropped files have one name.");
  const all = droppedFolder(dataFolder);
  await mkdir(all, { recursive: true, mode: 0o700 });
  const folder = await mkdtemp(join(all, `${slugOf(files[0]?.name ?? "")}-`));
  for (const { name, text } of files) await writeFile(join(folder, name), text, { flag: "wx", mode: 0o600 });
  await removeOld(all);
  return toOpen(folder, [...names]);
}

/** Says of a copy that it is one: what is changed there is not changed where it came from. */
export function remarkCopy(opened: OpenedStack, dataFolder: string): OpenedStack {
  if (!opened.file.startsWith(droppedFolder(dataFolder) + sep)) return opened;
  const message = "This is a copy of what was dropped: a browser does not tell where a file lies.";
  const hint =
    "What belongs to it (.env, included files, a Dockerfile) has to be dropped with it. Mending changes the copy.";
  return {
    ...opened,
    findings: [{ rule: "stack.copy", severity: "info", message, hint, place: null }, ...opened.findings],
  };
}

function checkedName(name: string): string {
  const isPlain = name === basename(name) && !/[\\/\0]/.test(name) && name !== "." && name !== "..";
  if (isPlain && name !== "" && name.length <= maxNameLength) return name;
  throw new AppError("bad-input", `${name.slice(0, maxNameLength)} is not the name of a file.`);
}

/** The folder gives the stack its name, as long as the file has none. */
function slugOf(name: string): string {
  const base = name.replace(/\.[a-z]+$/i, "").toLowerCase();
  return (
    base
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-+|-+$/g, "")
      .slice(0, 40) || "stack"
  );
}

function toOpen(folder: string, names: readonly string[]): string {
  const [only = ""] = names;
  if (names.length === 1) return join(folder, only);
  if (names.some((name) => leadingName.test(name)) || names.every((name) => /\.json$/i.test(name))) return folder;
  const main = names.find((name) => /\.ya?ml$/i.test(name)) ?? names.find((name) => /\.(?:json|sh)$/i.test(name));
  return join(folder, main ?? only);
}

async function removeOld(all: string): Promise<void> {
  const names = await readdir(all);
  const folders = await Promise.all(
    names.map(async (name) => ({ path: join(all, name), atMs: (await stat(join(all, name))).birthtimeMs })),
  );
  const old = folders.sort((a, b) => b.atMs - a.atMs).slice(keptFolders);
  for (const { path } of old) await rm(path, { recursive: true, force: true });
}
