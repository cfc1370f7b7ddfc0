import { Download } from "lucide-react";
import { useState } from "react";
import {
  type ExportFormat,
  exportFormatSchema,
  type OpenedStack,
  type StackFormat,
} from "../../../shared/domain/index.ts";
import { client } from "../../app/client.ts";
import { useAnswer } from "../../app/use-answer.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { FailureNote } from "../../ui/failure-note.tsx";
import { Seg } from "../../ui/seg.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { exportNames } from "../format-words.ts";
import { LostList } from "./lost-list.tsx";
import { exportName, saveExport } from "./save-export.ts";

interface ExportDialogProps {
  /** What was asked for as the stack. */
  path: string;
  opened: OpenedStack;
  from: StackFormat | null;
  version: number;
  open: boolean;
  onClose: () => void;
  onGo: (path: string, line: number) => void;
}

const formats = exportFormatSchema.options.map((value) => ({ value, label: exportNames[value] }));

/** Writes the stack in another format: what is lost first, then what comes out, then the file. */
export function ExportDialog({ path, opened, from, version, open, onClose, onGo }: ExportDialogProps) {
  const [to, setTo] = useState<ExportFormat>(opened.format === "compose" ? "kanto" : "compose");
  const [chosen, setChosen] = useState(0);
  const answer = useAnswer(`${open} ${to} ${version}`, async (signal) =>
    open ? { to, ...(await client.stacks.export({ file: path, from, to }, { signal })) } : null,
  );
  // An answer to the question before this one.
  const exported = answer.value?.to === to ? answer.value : null;
  const name = opened.stack?.name ?? "stack";
  const shown = exported?.files[chosen] ?? exported?.files[0];
  return (
    <Dialog
      title="Export"
      open={open}
      onClose={onClose}
      wide
      footer={
        <>
          <Button onClick={onClose}>Close</Button>
          <Button
            look="primary"
            icon={Download}
            disabled={exported === null}
            onClick={() => (exported === null ? undefined : saveExport(name, to, exported.files))}
          >
            {exported === null ? "Save" : `Save ${exportName(name, to, exported.files)}`}
          </Button>
        </>
      }
    >
      <Seg
        label="Format"
        value={to}
        options={formats}
        onChange={(next) => {
          setTo(next);
          setChosen(0);
        }}
      />
      {answer.failure === null ? null : <FailureNote failure={answer.failure} />}
      {exported === null && answer.failure === null ? <Skeleton width={320} height={14} /> : null}
      {exported === null ? null : (
        <>
          <LostList
            lost={exported.lost}
            to={exportNames[to]}
            onGo={(file, line) => {
              onClose();
              onGo(file, line);
            }}
          />
          {exported.files.length < 2 ? null : (
            <label className="labelled files-choice">
              <span>{exported.files.length} files, one for each container; they are saved as one archive</span>
              <select className="field" value={chosen} onChange={(event) => setChosen(Number(event.target.value))}>
                {exported.files.map((file, index) => (
                  <option key={file.name} value={index}>
                    {file.name}
                  </option>
                ))}
              </select>
            </label>
          )}
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse scrolls it by keys. */}
          <section className="preview" aria-label="What is written" tabIndex={0}>
            <pre>{shown?.text ?? ""}</pre>
          </section>
        </>
      )}
    </Dialog>
  );
}
