import { OctagonX, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import type { Failure } from "../../shared/domain/index.ts";
import { Icon } from "./icon.tsx";

interface FailureNoteProps {
  failure: Failure;
  tone?: "over" | "tight";
  children?: ReactNode;
}

/** What went wrong and what to do about it, where it went wrong. */
export function FailureNote({ failure, tone = "over", children }: FailureNoteProps) {
  return (
    <div className={`note ${tone}`} role="alert">
      <Icon of={tone === "over" ? OctagonX : TriangleAlert} />
      <div className="grow">
        <p className="strong">{failure.message}</p>
        {failure.hint === null ? null : <p>{failure.hint}</p>}
        {children}
      </div>
    </div>
  );
}
