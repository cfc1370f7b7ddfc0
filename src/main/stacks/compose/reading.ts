import type { Finding, Place, Severity } from "../../../shared/domain/index.ts";
import type { Lookup } from "./interpolate.ts";

/** More remarks than this help nobody; the rest is counted. */
const maxFindings = 200;

/** What the reading of one file knows and has found so far. */
export class Reading {
  readonly #findings: Finding[] = [];
  #leftOut = 0;
  #hasErrors = false;

  constructor(
    /** Absolute path of the file. */
    readonly file: string,
    /** Absolute folder that relative paths start from. */
    readonly folder: string,
    /** The process environment over the `.env` file beside the stack. */
    readonly variables: Lookup,
  ) {}

  get hasErrors(): boolean {
    return this.#hasErrors;
  }

  error(rule: string, place: Place | null, message: string, hint: string | null = null): void {
    this.#add("error", rule, place, message, hint);
  }

  warn(rule: string, place: Place | null, message: string, hint: string | null = null): void {
    this.#add("warning", rule, place, message, hint);
  }

  info(rule: string, place: Place | null, message: string, hint: string | null = null): void {
    this.#add("info", rule, place, message, hint);
  }

  #add(severity: Severity, rule: string, place: Place | null, message: string, hint: string | null): void {
    if (severity === "error") this.#hasErrors = true;
    if (this.#findings.length < maxFindings) this.#findings.push({ rule, severity, message, hint, place });
    // The first error must be among those that are shown, however many warnings stand before it.
    else if (severity === "error" && !this.#findings.some((finding) => finding.severity === "error")) {
      this.#findings.push({ rule, severity, message, hint, place });
    } else this.#leftOut += 1;
  }

  /** Everything found, in the order of the file; remarks without a place come first. */
  findings(): Finding[] {
    const sorted = [...this.#findings].sort(
      (a, b) => (a.place?.line ?? 0) - (b.place?.line ?? 0) || (a.place?.column ?? 0) - (b.place?.column ?? 0),
    );
    if (this.#leftOut === 0) return sorted;
    const message = `${this.#leftOut} more remarks on this file are not listed.`;
    return [...sorted, { rule: "compose.more", severity: "info", message, hint: null, place: null }];
  }
}
