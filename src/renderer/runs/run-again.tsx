import { RotateCw } from "lucide-react";
import { useLocation } from "wouter";
import type { RunRecord } from "../../shared/domain/index.ts";
import { client } from "../app/client.ts";
import { paths } from "../app/paths.ts";
import { useAction } from "../app/use-action.ts";
import { Button } from "../ui/button.tsx";
import { FailureNote } from "../ui/failure-note.tsx";

/** Measures the stack once more, as its files are now, against the same targets and for as long. */
export function RunAgain({ record, look = "primary" }: { record: RunRecord; look?: "primary" | "plain" }) {
  const [, navigate] = useLocation();
  const start = useAction(async () => {
    const next = await client.runs.start({ ...record.request, file: record.request.file });
    navigate(paths.run(next.id));
  });
  return (
    <>
      {start.failure === null ? null : <FailureNote failure={start.failure} />}
      <Button look={look} icon={RotateCw} disabled={start.busy} onClick={() => void start.run()}>
        {start.busy ? "Starting" : "Run again"}
      </Button>
    </>
  );
}
