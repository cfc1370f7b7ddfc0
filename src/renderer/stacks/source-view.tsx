import { FileCode, RefreshCw } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { Finding, OpenedStack } from "../../shared/domain/index.ts";
import { worstFirst } from "../format/finding.ts";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import { SourceLine, severityLooks } from "./source-line.tsx";

/** The last part of a path, on either kind of system. */
export function fileName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}

interface SourceViewProps {
  opened: OpenedStack;
  /** Of reading and of checking it. */
  findings: readonly Finding[];
  onReload: () => void;
  /** Stands between the head and the text. */
  children?: ReactNode;
}

/** The file as it is, what was found beside the place, and the list of it all below. */
export function SourceView({ opened, findings: found, onReload, children }: SourceViewProps) {
  const [line, setLine] = useState<number | null>(null);
  const findings = worstFirst(found);
  const here = (number: number) =>
    findings.filter((finding) => finding.place?.file === opened.file && finding.place.line === number);
  const lines = opened.source.replace(/\n$/, "").split("\n");
  function show(number: number): void {
    setLine(number);
    document.getElementById(`line-${number}`)?.scrollIntoView({ block: "center" });
  }
  return (
    <section className="source-pane" aria-label="Source">
      <header>
        <Icon of={FileCode} />
        <h2 className="clip" title={opened.file}>
          {fileName(opened.file)}
        </h2>
        <span className="muted small nowrap">
          {opened.stack === null
            ? "not readable yet"
            : `${opened.stack.services.length} ${opened.stack.services.length === 1 ? "service" : "services"}`}
        </span>
        <span className="push" />
        <Button look="ghost" icon={RefreshCw} onClick={onReload}>
          Read again
        </Button>
      </header>
      {children}
      <ol className="code">
        {lines.map((text, index) => (
          <SourceLine
            // biome-ignore lint/suspicious/noArrayIndexKey: the number of a line is what it is.
            key={index}
            number={index + 1}
            text={text}
            findings={here(index + 1)}
            current={line === index + 1}
            onSelect={() => setLine(line === index + 1 ? null : index + 1)}
          />
        ))}
      </ol>
      {findings.length === 0 ? null : (
        <ul className="finding-rows" aria-label="Findings">
          {findings.map((finding) => {
            const look = severityLooks[finding.severity];
            const place = finding.place?.file === opened.file ? finding.place.line : null;
            return (
              <li key={`${finding.rule} ${finding.place?.line ?? 0} ${finding.message}`}>
                <button
                  type="button"
                  disabled={place === null}
                  onClick={() => (place === null ? undefined : show(place))}
                >
                  <span className={look.tone}>
                    <Icon of={look.icon} size={14} />
                    <span className="unseen">{look.word}</span>
                  </span>
                  <span className="line-number">{place ?? ""}</span>
                  <span className="clip" title={finding.hint ?? finding.message}>
                    {finding.message}
                  </span>
                </button>
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
}
