import { relative } from "node:path";
import { AppError, type FixedFile } from "../../../../shared/domain/index.ts";
import { ModelProblem } from "../../compose/model-problem.ts";
import { at, keyOrPlace, type ModelNode } from "../../compose/node.ts";
import { type OpenedProject, openProject, type ProjectRequest } from "../../compose/open-project.ts";
import type { Change } from "../rule.ts";
import { changedPaths, isWithin, type ModelPath } from "./changed-paths.ts";
import { replaceFile } from "./replace-file.ts";
import { FixRefusal, SourceEditor } from "./source-editor.ts";
import { applyEdits, type TextEdit } from "./text-edit.ts";
import { unifiedDiff } from "./unified-diff.ts";

/** Changes that do not go together are found by reading the stack again; more often than this takes too long. */
const maxReads = 100;

/** Changes that were found to go together, as texts and as what is shown of them. */
export interface SettledChanges {
  /** The whole new text of each file that changes. */
  texts: ReadonlyMap<string, string>;
  files: FixedFile[];
  /** Why a group of changes was left; null for one that was taken. */
  reasonOf(group: readonly Change[]): string | null;
  /** Writes the changed files. @throws AppError `conflict`, `bad-input`. */
  write(): Promise<void>;
}

/** A group of changes that are made together or not at all, and the file that they belong in. */
interface Candidate {
  changes: readonly Change[];
  file: string;
}

/**
 * Of groups of changes, makes those that can be made: the stack can still be read, and differs in nothing but the keys that
 * the changes name. `read` is what is read again with other texts.
 */
export async function settleChanges(
  opened: OpenedProject,
  read: (texts: ReadonlyMap<string, string>) => ProjectRequest,
  groups: readonly (readonly Change[])[],
): Promise<SettledChanges> {
  const candidates = groups.map((changes) => candidateOf(changes, opened));
  const editors = new Editors(opened);
  let reads = 0;
  const reasons = new Map<string, string>();
  const planned = candidates.filter((candidate) => {
    const reason = editors.refusalOf(candidate);
    if (reason !== null) reasons.set(JSON.stringify(candidate.changes), reason);
    return reason === null;
  });
  const isNamed = isWithin(candidates.flatMap(({ changes }) => changes.map(({ path }) => path)));
  const accepted = await settle([], planned);
  const edits = editors.edits(accepted);
  const texts = textsAfter(opened, edits);
  return {
    texts,
    files: [...edits].map(([file, own]) => ({
      file,
      diff: unifiedDiff(relative(opened.project.folder, file), opened.texts.get(file) ?? "", own),
    })),
    reasonOf: (group) => reasons.get(JSON.stringify(group)) ?? null,
    write: async () => {
      for (const [file, text] of texts) await replaceFile(file, opened.texts.get(file) ?? "", text);
    },
  };

  /** Those of a group that can be made together with the accepted ones, found by halves. */
  async function settle(sure: readonly Candidate[], group: readonly Candidate[]): Promise<readonly Candidate[]> {
    if (group.length === 0) return sure;
    reads += 1;
    const reason =
      reads > maxReads
        ? "Too many changes cannot be made together."
        : await refusalOfAll(editors, read, [...sure, ...group], isNamed);
    if (reason === null) return [...sure, ...group];
    if (group.length === 1) {
      for (const { changes } of group) reasons.set(JSON.stringify(changes), reason);
      return sure;
    }
    const middle = Math.floor(group.length / 2);
    return settle(await settle(sure, group.slice(0, middle)), group.slice(middle));
  }
}

/** The file in which a change belongs: where the value stands, or the service that it is added to. */
function candidateOf(changes: readonly Change[], { project }: OpenedProject): Candidate {
  const [first] = changes;
  if (first?.kind === "replace") return { changes, file: first.place.file };
  const service = project.services.get(first?.path[1] ?? "");
  return { changes, file: service === undefined ? "" : keyOrPlace(service.node).file };
}

/** The texts of a stack, each parsed once however many changes are tried in it. */
class Editors {
  readonly #known = new Map<string, SourceEditor>();

  constructor(readonly opened: OpenedProject) {}

  /** @throws FixRefusal for a file that is not changed by itself. */
  of(file: string): SourceEditor {
    const known = this.#known.get(file);
    if (known !== undefined) return known;
    const { texts, project } = this.opened;
    const isOwn = texts.has(file) && file.startsWith(`${project.folder.replace(/\/$/, "")}/`);
    if (!isOwn) throw new FixRefusal("Its file is outside the folder of the stack.");
    const editor = new SourceEditor(texts.get(file) ?? "", (path) => {
      const node = path.reduce<ModelNode | undefined>((inner, key) => at(inner, key), project.root);
      return node?.keyPlace !== undefined;
    });
    this.#known.set(file, editor);
    return editor;
  }

  /** Why a candidate cannot be made; null when it can. */
  refusalOf({ file, changes }: Candidate): string | null {
    try {
      this.of(file).check(changes);
      return null;
    } catch (error) {
      if (error instanceof FixRefusal) return error.message;
      throw error;
    }
  }

  edits(candidates: readonly Candidate[]): Map<string, TextEdit[]> {
    const changes = new Map<string, Change[]>();
    for (const { file, changes: own } of candidates) {
      const known = changes.get(file) ?? [];
      changes.set(file, known);
      known.push(...own);
    }
    return new Map([...changes].map(([file, own]) => [file, this.of(file).edits(own)]));
  }
}

function textsAfter({ texts }: OpenedProject, edits: ReadonlyMap<string, readonly TextEdit[]>): Map<string, string> {
  return new Map([...edits].map(([file, own]) => [file, applyEdits(texts.get(file) ?? "", own)]));
}

/** Why changes cannot be made together: the stack cannot be read any more, or something else would change. */
async function refusalOfAll(
  editors: Editors,
  read: (texts: ReadonlyMap<string, string>) => ProjectRequest,
  candidates: readonly Candidate[],
  isNamed: (path: ModelPath) => boolean,
): Promise<string | null> {
  const { opened } = editors;
  const texts = textsAfter(opened, editors.edits(candidates));
  try {
    const { project } = await openProject(read(texts), () => undefined);
    const other = changedPaths(opened.project, project).find((path) => !isNamed(path));
    return other === undefined ? null : `It would also change \`${other.join(".")}\`.`;
  } catch (error) {
    if (error instanceof ModelProblem || error instanceof AppError)
      return `The stack could not be read: ${error.message}`;
    throw error;
  }
}
