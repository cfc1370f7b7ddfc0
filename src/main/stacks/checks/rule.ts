import type { CheckTarget, Place, RuleSeverity } from "../../../shared/domain/index.ts";
import type { CheckSubject } from "./subject.ts";

/** A value that a fix writes. */
export type FixValue = string | number | null | FixValue[] | { [key: string]: FixValue };

/** One change of the canonical model and how it is made in the source text. */
export type Change =
  /** Writes a value where none stands; maps on the way that are missing are made. */
  | { kind: "set"; path: readonly string[]; value: FixValue }
  /** Adds an item to a list, or makes the list. */
  | { kind: "append"; path: readonly string[]; value: string }
  /** Writes another text for the scalar at a place; `path` is what that changes, `was` what must stand there. */
  | { kind: "replace"; path: readonly string[]; place: Place; was: string; now: string };

/** What a rule says of one place. */
export interface Report {
  place: Place | null;
  /** What is wrong and what it leads to. */
  message: string;
  /** What to do. */
  hint: string | null;
  /** How it can be mended without another decision of a person. */
  fix?: readonly Change[];
}

/** One thing that people are bitten by. */
export interface Rule {
  id: string;
  /** `off`: good practice that not every stack needs; a person switches it on in `bayplan.yaml`. */
  severity: RuleSeverity;
  title: string;
  source: string;
  /** What `--fix` does about it; missing when a person has to decide. */
  mends?: string;
  /** The systems that it is about; all of them when it is missing. */
  targets?: readonly CheckTarget[];
  check(subject: CheckSubject): Iterable<Report>;
}
