import type { LoadResult, Proof } from "../../../shared/domain/index.ts";
import { latencyText, proofWord } from "../../../shared/format/index.ts";

/** What became of each load, a line each, and below a program what it printed last. */
export function loadLines(load: readonly LoadResult[]): string[] {
  return load.flatMap((one) => {
    const latency = latencyText(one);
    const head = `Load ${one.made ? "made" : "not made"}: ${one.text}${latency === null ? "" : ` Answered in ${latency}.`}`;
    return [head, ...one.output.map((line) => `  ${line}`)];
  });
}

/** The outcome of a proof in a line, and none when nobody has tried. */
export function proofLines(proof: Proof | null): string[] {
  return proof === null ? [] : [`${proofWord(proof)} (run ${proof.runId}): ${proof.reason}`];
}
