import { useEffect, useMemo, useRef } from "react";
import type { CheckFinding } from "../../shared/domain/index.ts";
import { worstFirst } from "../format/finding.ts";
import { FindingCard } from "./finding-card.tsx";
import { type LineActions, SourceLine } from "./source-line.tsx";
import { useHoverCard } from "./use-hover-card.ts";
import { linePixels, useLineWindow } from "./use-line-window.ts";

interface CodeViewProps {
  path: string;
  text: string;
  /** Of this file. */
  findings: readonly CheckFinding[];
  line: number | null;
  seek: number;
  onMark: (line: number | null) => void;
  onMend: (finding: CheckFinding) => void;
}

/** A file as it is, with what was found beside each line. */
export function CodeView(props: CodeViewProps) {
  const { path, text, findings, line, seek, onMend } = props;
  const card = useHoverCard();
  const list = useRef<HTMLOListElement>(null);
  const byLine = useMemo(() => findingsByLine(findings), [findings]);
  const actions = useLineActions({ ...props, card });
  const lines = useMemo(() => text.replace(/\n$/, "").split("\n"), [text]);
  const { from, to } = useLineWindow(list, lines.length);
  const sought = useRef("");
  // The view goes there once for each time somebody asks; a line of a long file has to come into the page first.
  useEffect(() => {
    const wanted = `${seek} ${path}`;
    if (line === null || seek === 0 || sought.current === wanted) return;
    const row = line > from && line <= to ? list.current?.querySelector(`[data-line="${line}"]`) : null;
    if (row == null) {
      list.current?.scrollTo(0, line * linePixels - list.current.clientHeight / 2);
      return;
    }
    sought.current = wanted;
    row.scrollIntoView({ block: "center" });
  }, [seek, path, line, from, to]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another file begins at its beginning.
  useEffect(() => {
    if (line === null) list.current?.scrollTo(0, 0);
  }, [path]);
  return (
    <ol className="code" ref={list} aria-label="Lines">
      <Gap lines={from} />
      {lines.slice(from, to).map((content, index) => {
        const number = from + index + 1;
        return (
          <SourceLine
            key={number}
            number={number}
            text={content}
            isYaml={/\.(?:ya?ml|json)$/i.test(path)}
            findings={byLine.get(number) ?? none}
            current={line === number}
            actions={actions}
          />
        );
      })}
      <Gap lines={lines.length - to} />
      <FindingCard card={card} findings={byLine.get(card.line ?? 0) ?? none} onMend={onMend} />
    </ol>
  );
}

/** The room of lines that are not in the page. */
function Gap({ lines }: { lines: number }) {
  return lines === 0 ? null : <li className="code-gap" aria-hidden={true} style={{ height: lines * linePixels }} />;
}

const none: readonly CheckFinding[] = [];

function findingsByLine(findings: readonly CheckFinding[]): ReadonlyMap<number, CheckFinding[]> {
  const byLine = new Map<number, CheckFinding[]>();
  for (const finding of worstFirst(findings)) {
    const at = finding.place?.line ?? 0;
    const same = byLine.get(at);
    if (same === undefined) byLine.set(at, [finding]);
    else same.push(finding);
  }
  return byLine;
}

/** What lines do, the same object for as long as the view stands: a file may have twenty thousand of them. */
function useLineActions(
  now: Pick<CodeViewProps, "line" | "onMark" | "onMend"> & { card: ReturnType<typeof useHoverCard> },
) {
  const latest = useRef(now);
  useEffect(() => {
    latest.current = now;
  });
  return useMemo(
    (): LineActions => ({
      select(number) {
        const { card, line, onMark } = latest.current;
        card.close();
        onMark(line === number ? null : number);
      },
      mend: (finding) => latest.current.onMend(finding),
      point: (number, element) => latest.current.card.enterLine(number, element),
      leave: () => latest.current.card.leave(),
    }),
    [],
  );
}
