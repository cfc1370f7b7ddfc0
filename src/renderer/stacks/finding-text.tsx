import { Wrench } from "lucide-react";
import type { CheckFinding } from "../../shared/domain/index.ts";
import { isDesktop } from "../app/connect.ts";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import { severityLooks } from "../ui/severity-looks.ts";

interface FindingTextProps {
  finding: CheckFinding;
  onMend: (finding: CheckFinding) => void;
}

/** A finding in full: what is wrong, what to do, where its reason is written, and the change that mends it. */
export function FindingText({ finding, onMend }: FindingTextProps) {
  const { severity, message, hint, source, fixable } = finding;
  const look = severityLooks[severity];
  return (
    <div className="finding-text">
      <span className={look.tone}>
        <Icon of={look.icon} />
        <span className="unseen">{look.word}: </span>
      </span>
      <div>
        <p className="strong">{message}</p>
        {hint === null ? null : <p className="soft">{hint}</p>}
        {source === null ? null : (
          <p className="small muted">
            Source: <Source text={source} />
          </p>
        )}
        {fixable ? (
          <Button icon={Wrench} onClick={() => onMend(finding)}>
            Mend this
          </Button>
        ) : null}
      </div>
    </div>
  );
}

/** The desktop window opens no other page: there an address is to be copied. */
function Source({ text }: { text: string }) {
  if (!/^https:\/\//.test(text) || isDesktop()) return <span className="source">{text}</span>;
  return (
    <a className="source" href={text} target="_blank" rel="noreferrer">
      {text.replace(/^https:\/\//, "")}
    </a>
  );
}
