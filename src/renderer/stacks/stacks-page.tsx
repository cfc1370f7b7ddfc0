import { FileCode, FolderOpen, Play } from "lucide-react";
import { useState } from "react";
import { Link, useLocation } from "wouter";
import type { StackFormat } from "../../shared/domain/index.ts";
import { client } from "../app/client.ts";
import { EngineNote } from "../app/engine-note.tsx";
import { paths } from "../app/paths.ts";
import { TopBar } from "../app/top-bar.tsx";
import { useAnswer } from "../app/use-answer.ts";
import { Button } from "../ui/button.tsx";
import { TextField } from "../ui/field.tsx";
import { Icon } from "../ui/icon.tsx";
import { BrowseDialog } from "./browse-dialog.tsx";
import { FormatPicker } from "./format-picker.tsx";
import "./stacks.css";

function Recent() {
  const recent = useAnswer("recent", (signal) => client.stacks.recent(undefined, { signal }));
  if (recent.value === null || recent.value.length === 0) return null;
  return (
    <section className="panel recent" aria-label="Opened before">
      <header>
        <h2>Opened before</h2>
      </header>
      <ul>
        {recent.value.map((file) => (
          <li key={file}>
            <Link to={paths.stack(file)}>
              <Icon of={FileCode} />
              <b className="strong nowrap">{shortName(file)}</b>
              <span className="clip muted">{file}</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The file with its folder, which usually is the name of the stack. */
function shortName(file: string): string {
  return file.split(/[\\/]/).slice(-2).join("/");
}

/** Where a stack comes from: a file of this machine, one of those before, or the sample. */
export function StacksPage() {
  const [file, setFile] = useState("");
  const [from, setFrom] = useState<StackFormat | null>(null);
  const [browsing, setBrowsing] = useState(false);
  const [, navigate] = useLocation();
  return (
    <>
      <TopBar crumbs={[{ text: "Stacks" }]} />
      <div className="content stacks">
        <EngineNote />
        <section className="panel start">
          <h1>Will it fit? Start with a file</h1>
          <p className="soft">
            Bayplan runs your stack here, inside the memory and CPU of the board you choose, and tells whether it fits
            before you deploy it.
          </p>
          <ol className="three">
            <li>
              <span>1</span>
              <span>
                Drop or open a stack: Compose, balena, Particle, TelemetryOS, Kanto or <code>docker run</code>. Or try
                the sample
              </span>
            </li>
            <li>
              <span>2</span>
              <span>Pick a board or a device as the budget</span>
            </li>
            <li>
              <span>3</span>
              <span>Run it here and read the verdict</span>
            </li>
          </ol>
          <form
            className="open"
            onSubmit={(event) => {
              event.preventDefault();
              if (file.trim() !== "") navigate(paths.stack(file.trim(), from));
            }}
          >
            <TextField
              label="Stack file or folder"
              value={file}
              onChange={setFile}
              placeholder="/home/you/line-gateway/compose.yaml"
            />
            <FormatPicker from={from} readAs={null} onChange={setFrom} />
            <Button type="submit" disabled={file.trim() === ""}>
              Open
            </Button>
            <Button icon={FolderOpen} onClick={() => setBrowsing(true)}>
              Browse
            </Button>
          </form>
          <div className="row">
            <Link className="btn primary" to={paths.sample}>
              <Icon of={Play} size={14} />
              Try the sample
            </Link>
          </div>
        </section>
        <Recent />
      </div>
      <BrowseDialog
        open={browsing}
        onClose={() => setBrowsing(false)}
        onChoose={(chosen) => {
          setBrowsing(false);
          navigate(paths.stack(chosen, from));
        }}
      />
    </>
  );
}
