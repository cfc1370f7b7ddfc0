import type { Place } from "../../../shared/domain/index.ts";

/** Why a file cannot be read as a compose model: a rule, a sentence, the place, and what to do. */
export class ModelProblem extends Error {
  readonly rule: string;
  readonly place: Place | null;
  readonly hint: string | null;

  constructor(rule: string, message: string, place: Place | null, hint: string | null = null) {
    super(message);
    this.name = "ModelProblem";
    this.rule = rule;
    this.place = place;
    this.hint = hint;
  }

  /** What else is wrong, when several things were found at once. */
  others: readonly ModelProblem[] = [];

  /** Throws the first of some problems, which then knows the others; nothing when there is none. */
  static throwFirst(problems: readonly ModelProblem[]): void {
    const [first, ...others] = problems;
    if (first === undefined) return;
    first.others = others;
    throw first;
  }
}

/** A remark on a file that can be read all the same. */
export interface ModelRemark {
  rule: string;
  severity: "warning" | "info";
  message: string;
  place: Place | null;
  hint: string | null;
}

export type Remark = (remark: ModelRemark) => void;
