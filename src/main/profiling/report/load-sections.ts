import type { LoadResult, Proof } from "../../../shared/domain/index.ts";
import { latencyText, loadRateText, proofWord } from "../../../shared/format/index.ts";
import { escapeMarkup } from "./escape-markup.ts";
import { htmlTable } from "./html-table.ts";

/** What loaded the stack, and what became of it; empty text when nothing did. */
export function loadSection(load: readonly LoadResult[]): string {
  const table = htmlTable(load, [
    { head: "Load", text: ({ name }) => name },
    {
      head: "",
      markup: ({ made }) => `<span class="${made ? "passed" : "unknown"}">${made ? "Made" : "Not made"}</span>`,
    },
    { head: "A second", right: true, text: (one) => loadRateText(one) ?? "" },
    { head: "Failed", right: true, text: ({ errors }) => (errors === null ? "" : String(errors)) },
    { head: "Latency", text: (one) => latencyText(one) ?? "" },
    { head: "", markup: ({ text, output }) => [text, ...output].map(escapeMarkup).join("<br>") },
  ]);
  return table === "" ? "" : `<h3>Load</h3>${table}`;
}

/** What a run under the advised limits showed; empty text when nobody has tried. */
export function proofSection(proof: Proof | null): string {
  if (proof === null) return "";
  const look = proof.passed === null ? "unknown" : proof.passed ? "passed" : "failed";
  return `<h3 class="${look}">${proofWord(proof)}</h3><p>${escapeMarkup(proof.reason)} <span class="quiet">Run ${escapeMarkup(proof.runId)}.</span></p>`;
}
