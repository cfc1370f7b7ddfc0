import type { Proof } from "../domain/index.ts";

/** What a proof says of limits, in a few words; null: nobody has tried. */
export function proofWord(proof: Proof | null): string {
  if (proof === null) return "Not proven";
  if (proof.passed === null) return "Proof without an answer";
  return proof.passed ? "Proven under these limits" : "Failed their proof";
}
