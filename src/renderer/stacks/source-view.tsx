import { EyeOff } from "lucide-react";
import { useMemo } from "react";
import type { CheckFinding, OpenedStack, StackFormat } from "../../shared/domain/index.ts";
import { FailureNote } from "../ui/failure-note.tsx";
import { Icon } from "../ui/icon.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { CodeView } from "./code-view.tsx";
import { FileList } from "./files/file-list.tsx";
import { firstFile, useFileText } from "./files/use-file-text.ts";
import { FindingRows } from "./finding-rows.tsx";
import { folderOf } from "./path-parts.ts";
import type { SourcePlaceState } from "./source-place.ts";

interface SourceViewProps {
  /** What was asked for. */
  path: string;
  opened: OpenedStack;
  from: StackFormat | null;
  version: number;
  /** Of reading and of checking it. */
  findings: readonly CheckFinding[];
  place: SourcePlaceState;
  /** Shows what mending would change. */
  onMend: (finding: CheckFinding) => void;
}

/** The files of the stack, the one that is shown with its findings in place, and the list of all findings below. */
export function SourceView({ path, opened, from, version, findings, place, onMend }: SourceViewProps) {
  const readable = new Set(opened.files.flatMap((file) => (file.missing ? [] : [file.path])));
  const first = firstFile(opened);
  // A file that the stack does not name any more is not shown any more.
  const shown = place.path !== null && readable.has(place.path) ? place.path : first;
  const { text, hiddenValues, failure } = useFileText({ stack: path, opened, from, path: shown, version });
  const own = useMemo(() => findings.filter((finding) => finding.place?.file === shown), [findings, shown]);
  const isFolder = !opened.files.some((file) => file.path === opened.file);
  return (
    <>
      <div className={opened.files.length > 1 ? "source-body with-files" : "source-body"}>
        {opened.files.length > 1 ? (
          <FileList
            files={opened.files}
            root={isFolder ? opened.file : folderOf(opened.file)}
            findings={findings}
            shown={shown}
            onShow={place.showFile}
          />
        ) : null}
        <div className="code-pane">
          {opened.stack === null && from === null && opened.format === "compose" ? (
            <p className="code-note">
              Read as Compose, since it looks like nothing else. Is it something else? Choose the format above.
            </p>
          ) : null}
          {hiddenValues === 0 ? null : (
            <p className="code-note">
              <Icon of={EyeOff} size={14} />
              {hiddenValues === 1 ? "One value looks" : `${hiddenValues} values look`} like a secret and is not shown.
            </p>
          )}
          {failure === null ? null : <FailureNote failure={failure} />}
          {text === null ? (
            failure === null && <Skeleton width={240} height={14} />
          ) : (
            <CodeView
              path={shown}
              text={text}
              findings={own}
              line={place.line}
              seek={place.seek}
              onMark={place.mark}
              onMend={onMend}
            />
          )}
        </div>
      </div>
      <FindingRows findings={findings} files={new Set([...readable, first])} shown={shown} onGo={place.goTo} />
    </>
  );
}
