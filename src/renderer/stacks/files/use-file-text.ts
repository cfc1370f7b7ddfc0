import type { Failure, OpenedStack, StackFormat } from "../../../shared/domain/index.ts";
import { client } from "../../app/client.ts";
import { useAnswer } from "../../app/use-answer.ts";

export interface FileText {
  /** Null while it is on its way, and when it cannot be had. */
  text: string | null;
  /** Values that were left out since they look like secrets. */
  hiddenValues: number;
  failure: Failure | null;
}

/** The file that a stack shows before another one is chosen: what was opened, or the first of a folder. */
export function firstFile({ file, files }: OpenedStack): string {
  return files.some(({ path }) => path === file) ? file : (files[0]?.path ?? file);
}

interface WantedText {
  /** What was asked for as the stack: a file, or a folder. */
  stack: string;
  opened: OpenedStack;
  from: StackFormat | null;
  /** The file that is wanted. */
  path: string;
  version: number;
}

/** The text of one of the files of a stack, asked for anew with every version of the stack. */
export function useFileText({ stack, opened, from, path, version }: WantedText): FileText {
  const isOpened = path === opened.file;
  const answer = useAnswer(`${isOpened} ${path} ${version}`, async (signal) =>
    isOpened ? null : client.stacks.file({ file: stack, from, path }, { signal }),
  );
  if (isOpened) return { text: opened.source, hiddenValues: 0, failure: null };
  // An answer to the question before this one.
  const value = answer.value?.path === path ? answer.value : null;
  return { text: value?.text ?? null, hiddenValues: value?.hiddenValues ?? 0, failure: answer.failure };
}
