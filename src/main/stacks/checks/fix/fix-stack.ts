import type { CheckFinding, FixedFile } from "../../../../shared/domain/index.ts";
import {
  type Checked,
  type CheckRequest,
  checkStack,
  namedFiles,
  projectToCheck,
  type StackCheck,
} from "../check-stack.ts";
import { settleChanges } from "./settle-changes.ts";

export interface StackFix {
  /** What is found in the files as they are, and what would be left. */
  before: StackCheck;
  after: StackCheck;
  files: FixedFile[];
  fixed: number;
  left: { finding: CheckFinding; reason: string }[];
  /** Writes the changed files. @throws AppError `conflict`, `bad-input`. */
  write(): Promise<void>;
}

/**
 * Mends what can be mended without another decision. A change is taken only when the stack can still be read and differs
 * in nothing but the keys that the findings name; what does not pass is left, with why. `isWanted` narrows it to some findings.
 * @throws AppError as `checkStack` does.
 */
export async function fixStack(
  given: CheckRequest,
  isWanted: (finding: CheckFinding) => boolean = () => true,
): Promise<StackFix> {
  const request = await namedFiles(given, () => undefined);
  const before = await checkStack(request);
  const { opened } = before;
  const none = { before, after: before, files: [], fixed: 0, left: [], write: () => Promise.resolve() };
  if (opened === null) return none;
  const wanted = before.checked.flatMap(({ finding, fix }) => (fix === undefined || !isWanted(finding) ? [] : [fix]));
  if (wanted.length === 0) return none;
  const read = (texts: ReadonlyMap<string, string>) => projectToCheck({ ...request, texts }, opened.files);
  const { texts, files, reasonOf, write } = await settleChanges(opened, read, wanted);
  const after = await checkStack({ ...request, texts });
  const left = after.checked.flatMap(({ finding, fix }) =>
    fix === undefined ? [] : [{ finding, reason: reasonOf(fix) ?? "It would be the next step." }],
  );
  return { before, after, files, fixed: fixable(before) - left.length, left, write };
}

function fixable({ checked }: StackCheck): number {
  return checked.filter(({ fix }: Checked) => fix !== undefined).length;
}
