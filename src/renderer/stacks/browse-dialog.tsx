import { CornerLeftUp, File, Folder } from "lucide-react";
import { useState } from "react";
import { client } from "../app/client.ts";
import { useAnswer } from "../app/use-answer.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { Icon } from "../ui/icon.tsx";
import { Skeleton } from "../ui/skeleton.tsx";

interface BrowseProps {
  onClose: () => void;
  onChoose: (file: string) => void;
}

/** Folders, and files that may be a stack, of the machine on which Bayplan runs. */
export function BrowseDialog({ open, onClose, onChoose }: BrowseProps & { open: boolean }) {
  return (
    <Dialog
      title="Choose a stack"
      open={open}
      onClose={onClose}
      wide={true}
      footer={<Button onClick={onClose}>Cancel</Button>}
    >
      <Listing onClose={onClose} onChoose={onChoose} />
    </Dialog>
  );
}

function Listing({ onChoose }: BrowseProps) {
  const [folder, setFolder] = useState<string | null>(null);
  const listing = useAnswer(folder ?? "", (signal) => client.stacks.browse({ folder }, { signal }));
  if (listing.failure !== null) {
    return (
      <FailureNote failure={listing.failure}>
        <Button onClick={() => setFolder(null)}>Show the home folder</Button>
      </FailureNote>
    );
  }
  if (listing.value === null) return <Skeleton width="100%" height={280} />;
  const { parent, entries } = listing.value;
  return (
    <>
      <div className="row">
        <p className="mono clip grow" title={listing.value.folder}>
          {listing.value.folder}
        </p>
        <Button onClick={() => onChoose(listing.value?.folder ?? "")}>Open this folder</Button>
      </div>
      <ul className="browse" aria-label="Folders and files">
        {parent === null ? null : (
          <li>
            <button type="button" onClick={() => setFolder(parent)}>
              <Icon of={CornerLeftUp} />
              Up
            </button>
          </li>
        )}
        {entries.map((entry) => (
          <li key={entry.path}>
            <button
              type="button"
              onClick={() => (entry.kind === "folder" ? setFolder(entry.path) : onChoose(entry.path))}
            >
              <Icon of={entry.kind === "folder" ? Folder : File} />
              <span className={`clip ${entry.kind === "file" ? "strong" : ""}`}>{entry.name}</span>
            </button>
          </li>
        ))}
        {entries.length === 0 ? (
          <li className="muted browse-none">No folder and no file that may be a stack in here.</li>
        ) : null}
      </ul>
    </>
  );
}
