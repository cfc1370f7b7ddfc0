import {
  AppError,
  type Finding,
  type OpenedStack,
  type Place,
  type Stack,
  type StackSelection,
  stackSelection,
} from "../../shared/domain/index.ts";
import type { OnStackFile } from "./compose/load/source-files.ts";
import { ModelProblem, type ModelRemark } from "./compose/model-problem.ts";
import { type Environment, openProject } from "./compose/open-project.ts";
import { readStack } from "./compose/stack/read-stack.ts";
import { nameStack, projectRequestOf } from "./formats/name-stack.ts";
import { dockerfilesOf, StackFiles } from "./stack-files.ts";

/** More remarks than this help nobody; the rest is counted. */
const maxFindings = 200;

/** What may be said of a stack beside its file. */
export type OpenOptions = Partial<Omit<StackSelection, "file">>;

/**
 * Opens a stack in any format, or the one in a folder: its source, its meaning, and every remark on it with its place. `stack`
 * is null while an error finding stands. Every key that is not applied is a finding.
 * @throws AppError only when there is no source to show: `not-found`, or `bad-input` (unreadable, over 1 MiB, not text, an
 * option that means nothing to its format).
 */
export async function openStack(
  path: string,
  environment: Environment = process.env,
  options: OpenOptions = {},
): Promise<OpenedStack> {
  const findings: Finding[] = [];
  const remark = (entry: ModelRemark) => findings.push(entry);
  const named = await nameStack(stackSelection(path, options), environment, remark);
  const { file, text } = named.source;
  const files = new StackFiles();
  await files.addOpened(file);
  const onFile: OnStackFile = (found) => files.add(found);
  let stack: Stack | null = null;
  try {
    const request = await projectRequestOf(named, environment, remark, onFile);
    const { project } = await openProject({ ...request, onFile }, remark);
    stack = readStack(project, { ...request, file }, remark);
    for (const dockerfile of await dockerfilesOf(stack)) files.add(dockerfile);
  } catch (error) {
    if (error instanceof AppError) findings.push(failedFile(error, file));
    else if (error instanceof ModelProblem) findings.push(...[error, ...error.others].map(asFinding));
    else throw error;
  }
  return { file, source: text, format: named.format, stack, findings: inOrder(findings), files: files.all };
}

function asFinding({ rule, message, hint, place }: ModelProblem): Finding {
  return { rule, severity: "error", message, hint, place };
}

/** A file that belongs to the stack but is named nowhere in it, such as `.env`. */
function failedFile(error: AppError, file: string): Finding {
  return { rule: "compose.file", severity: "error", message: error.message, hint: error.hint, place: placeAt(file) };
}

function placeAt(file: string): Place {
  return { file, line: 1, column: 1 };
}

/** In the order of the file, remarks without a place first; when there are very many, errors before the rest. */
function inOrder(findings: readonly Finding[]): Finding[] {
  const line = ({ place }: Finding) => place?.line ?? 0;
  const column = ({ place }: Finding) => place?.column ?? 0;
  const sorted = [...findings].sort((a, b) => line(a) - line(b) || column(a) - column(b));
  if (sorted.length <= maxFindings) return sorted;
  const errors = sorted.filter(({ severity }) => severity === "error").slice(0, maxFindings);
  const shown = new Set([...errors, ...sorted].slice(0, maxFindings));
  const message = `${sorted.length - shown.size} more remarks on this file are not listed.`;
  return [
    ...sorted.filter((finding) => shown.has(finding)),
    { rule: "compose.more", severity: "info", message, hint: null, place: null },
  ];
}

/**
 * The stack of an opened file.
 * @throws AppError `bad-input` with the first error finding, its place, and how many more there are.
 */
export function requireStack(opened: OpenedStack): Stack {
  if (opened.stack !== null) return opened.stack;
  const errors = opened.findings.filter(({ severity }) => severity === "error");
  const [first] = errors;
  if (first === undefined) throw new AppError("bad-input", `${opened.file} could not be read as a stack.`);
  const place = first.place === null ? opened.file : `${first.place.file}:${first.place.line}:${first.place.column}`;
  const more = errors.length - 1;
  const rest = more === 0 ? "" : ` (and ${more} more ${more === 1 ? "error" : "errors"})`;
  throw new AppError("bad-input", `${place}: ${first.message}${rest}`, first.hint === null ? {} : { hint: first.hint });
}
