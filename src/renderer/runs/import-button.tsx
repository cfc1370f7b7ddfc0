import { FileUp } from "lucide-react";
import { useRef, useState } from "react";
import { countText } from "../../shared/format/words.ts";
import { useAction } from "../app/use-action.ts";
import { Button } from "../ui/button.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { sendRuns } from "./send-runs.ts";

/** Takes in a file of runs, and says what came of it. */
export function ImportButton({ onDone }: { onDone: () => void }) {
  const field = useRef<HTMLInputElement>(null);
  const [said, setSaid] = useState("");
  const take = useAction(async (file: File) => {
    setSaid("");
    const { imported, already } = await sendRuns(file);
    setSaid(
      imported.length > 0
        ? `${countText(imported.length, "run")} imported`
        : `${countText(already.length, "run")} here already`,
    );
    onDone();
  });
  return (
    <>
      <span className="muted small" role="status">
        {said}
      </span>
      <input
        ref={field}
        type="file"
        className="unseen"
        aria-label="File of runs"
        tabIndex={-1}
        accept=".bayplan"
        onChange={(event) => {
          const file = event.target.files?.[0];
          event.target.value = "";
          if (file !== undefined) void take.run(file);
        }}
      />
      <Button icon={FileUp} disabled={take.busy} onClick={() => field.current?.click()}>
        {take.busy ? "Importing" : "Import"}
      </Button>
      {take.failure === null ? null : <FailureNote failure={take.failure} />}
    </>
  );
}
