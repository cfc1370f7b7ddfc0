import { FileInput } from "lucide-react";
import { useEffect, useState } from "react";
import { useLocation } from "wouter";
import { client } from "../../app/client.ts";
import { pathOfDropped } from "../../app/desktop-door.ts";
import { paths } from "../../app/paths.ts";
import { useAction } from "../../app/use-action.ts";
import { Button } from "../../ui/button.tsx";
import { FailureNote } from "../../ui/failure-note.tsx";
import { Icon } from "../../ui/icon.tsx";
import { likeliestStack, readDropped } from "./dropped-files.ts";
import "./drop.css";

function carriesFiles(event: DragEvent): event is DragEvent & { dataTransfer: DataTransfer } {
  return event.dataTransfer?.types.includes("Files") === true;
}

function hasFolder(transfer: DataTransfer): boolean {
  return [...transfer.items].some((item) => item.webkitGetAsEntry()?.isDirectory === true);
}

/** The whole window takes a dropped stack, whichever page is shown. Nothing that is dropped ever replaces the page. */
export function DropArea() {
  const [over, setOver] = useState(false);
  const [, navigate] = useLocation();
  const open = useAction(async (files: readonly File[], withFolder: boolean) => {
    const known = files.flatMap((file) => pathOfDropped(file) ?? []);
    const path = likeliestStack(known);
    if (path !== null) return navigate(paths.stack(path));
    const kept = await client.stacks.keepDropped({ files: await readDropped(files, withFolder) });
    return navigate(paths.stack(kept.file));
  });
  const run = open.run;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the action is made anew with every drawing and does the same.
  useEffect(() => {
    const ended = new AbortController();
    const on = (
      name: "dragover" | "dragleave" | "drop",
      take: (event: DragEvent & { dataTransfer: DataTransfer }) => void,
    ) =>
      window.addEventListener(
        name,
        (event) => {
          if (!carriesFiles(event)) return;
          event.preventDefault();
          take(event);
        },
        { signal: ended.signal },
      );
    on("dragover", (event) => {
      event.dataTransfer.dropEffect = "copy";
      setOver(true);
    });
    // A drag that leaves the window enters nothing.
    on("dragleave", (event) => {
      if (event.relatedTarget === null) setOver(false);
    });
    on("drop", ({ dataTransfer }) => {
      setOver(false);
      if (dataTransfer.files.length > 0) void run([...dataTransfer.files], hasFolder(dataTransfer));
    });
    return () => ended.abort();
  }, []);
  return (
    <>
      {over ? (
        <div className="drop-area">
          <p>
            <Icon of={FileInput} />
            Drop to open as a stack
          </p>
        </div>
      ) : null}
      {open.failure === null ? null : (
        <div className="drop-failure">
          <FailureNote failure={open.failure}>
            <div className="row note-row">
              <Button onClick={open.clear}>Close</Button>
            </div>
          </FailureNote>
        </div>
      )}
    </>
  );
}
