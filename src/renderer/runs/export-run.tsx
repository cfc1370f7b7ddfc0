import { FileDown } from "lucide-react";
import type { RunId, RunReportFormat } from "../../shared/domain/index.ts";
import { client } from "../app/client.ts";
import { useAction } from "../app/use-action.ts";
import { FailureNote } from "../ui/failure-note.tsx";
import { Icon } from "../ui/icon.tsx";
import { offerFile } from "../ui/offer-file.ts";

const formats: readonly { format: RunReportFormat; word: string; title: string }[] = [
  { format: "html", word: "HTML", title: "One page with the charts, for people" },
  { format: "markdown", word: "Markdown", title: "For a comment on a pull request" },
  { format: "junit", word: "JUnit", title: "For a CI system" },
  { format: "json", word: "JSON", title: "All figures, for programs" },
];

/** Saves a run as a file, in the format of the button. */
export function ExportRun({ runId }: { runId: RunId }) {
  const save = useAction(async (format: RunReportFormat) => {
    const { name, type, text } = await client.runs.report({ runId, format });
    offerFile(name, new Blob([text], { type }));
  });
  return (
    <>
      <fieldset className="seg-set">
        <legend className="unseen">Export</legend>
        <div className="seg export-run">
          <span className="muted">
            <Icon of={FileDown} size={14} />
            Export
          </span>
          {formats.map(({ format, word, title }) => (
            <button key={format} type="button" title={title} disabled={save.busy} onClick={() => void save.run(format)}>
              {word}
            </button>
          ))}
        </div>
      </fieldset>
      {save.failure === null ? null : <FailureNote failure={save.failure} />}
    </>
  );
}
