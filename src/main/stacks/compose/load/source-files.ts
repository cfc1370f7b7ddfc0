import type { Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { AppError, type Place, type StackFile, type StackFileRole } from "../../../../shared/domain/index.ts";
import type { YamlDocument } from "../document-reader.ts";
import { ModelProblem, type Remark } from "../model-problem.ts";
import { readYaml } from "../read-yaml.ts";
import { isOutside } from "./outside-folder.ts";
import { readSourceFile } from "./source-file.ts";

/** Told of each file of a stack once: when it is read, or when it is named and cannot be read. */
export type OnStackFile = (file: StackFile) => void;

/** The files that a stack is made of, as they are read. */
export class SourceFiles {
  readonly #texts = new Map<string, string>();
  readonly #documents = new Map<string, YamlDocument[]>();
  readonly #outside = new Set<string>();

  constructor(
    /** The stack's own folder: what is read from elsewhere is a remark. */
    readonly folder: string,
    readonly remark: Remark,
    /** Documents that are read already, by their file: those of a stack in another format. */
    given: ReadonlyMap<string, YamlDocument[]> = new Map(),
    /** Texts that count instead of what is on disk, by absolute path. */
    readonly instead: ReadonlyMap<string, string> = new Map(),
    readonly onFile: OnStackFile = () => undefined,
  ) {
    for (const [file, documents] of given) this.#documents.set(file, documents);
  }

  /** The texts of all files read so far, by absolute path. */
  get texts(): ReadonlyMap<string, string> {
    return this.#texts;
  }

  /** Absolute paths of all files read so far, in the order of their first reading. */
  get read(): readonly string[] {
    return [...this.#texts.keys()];
  }

  /**
   * The text of a file that is named at a place, and what it is for the stack.
   * @throws ModelProblem at that place when it cannot be read; AppError when there is no place, so no file that names it.
   */
  async text(file: string, place: Place | null, role: StackFileRole): Promise<string> {
    const known = this.#texts.get(file);
    if (known !== undefined) return known;
    if (place !== null) await this.remarkOutside(file, place);
    try {
      const text = this.instead.get(file) ?? (await readSourceFile(file, "file")).text;
      this.#texts.set(file, text);
      this.onFile({ path: file, role, namedAt: place, missing: false });
      return text;
    } catch (error) {
      if (error instanceof AppError) this.onFile({ path: file, role, namedAt: place, missing: true });
      if (place === null || !(error instanceof AppError)) throw error;
      throw new ModelProblem("compose.file", error.message, place, error.hint);
    }
  }

  /**
   * The YAML documents of a file, parsed once however often they are asked for.
   * @throws ModelProblem for text that is no YAML, and as `text` does.
   */
  async documents(file: string, place: Place | null, role: StackFileRole): Promise<YamlDocument[]> {
    const known = this.#documents.get(file);
    if (known !== undefined) return known;
    const documents = readYaml(file, await this.text(file, place, role));
    this.#documents.set(file, documents);
    return documents;
  }

  /** True when there is an ordinary file of that name. */
  async exists(file: string): Promise<boolean> {
    return this.#texts.has(file) || (await statOrNull(file))?.isFile() === true;
  }

  /** True when there is a folder of that name. */
  async isFolder(path: string): Promise<boolean> {
    return (await statOrNull(path))?.isDirectory() === true;
  }

  /** Says of a file that it is outside the folder of the stack, where it is: also when a link in that folder leads there. */
  async remarkOutside(file: string, place: Place): Promise<void> {
    if (this.#outside.has(file) || !(await isOutside(this.folder, file))) return;
    this.#outside.add(file);
    this.remark({
      rule: "compose.outside-project",
      severity: "info",
      message: `${file} is outside the folder of the stack.`,
      place,
      hint: "Somebody who gets only that folder cannot read the stack.",
    });
  }
}

async function statOrNull(path: string): Promise<Stats | null> {
  try {
    return await stat(path);
  } catch (error) {
    if (error instanceof Error && "code" in error) return null;
    throw error;
  }
}
