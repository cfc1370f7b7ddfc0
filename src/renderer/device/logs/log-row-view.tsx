import { Info, TriangleAlert } from "lucide-react";
import { type LogMark, type LogRow, matchRanges, plainText } from "../../../shared/domain/index.ts";
import { timeOfDay } from "../../../shared/format/time.ts";
import { logLevel } from "../../format/log-level.ts";
import { Icon } from "../../ui/icon.tsx";
import { seriesColor } from "../../ui/swatch.tsx";
import { styledPieces } from "./ansi-text.ts";
import { markedPieces } from "./marked-pieces.ts";

interface LogRowViewProps {
  row: number;
  /** Undefined while it is on its way. */
  value: LogRow | undefined;
  name: string;
  color: number;
  /** What to mark in it; null: nothing. */
  pattern: RegExp | null;
  /** It is the hit that is looked at. */
  current: boolean;
}

const spoken = { error: "Error: ", warning: "Warning: ", plain: "" };

/** Lines that are or may be missing are worth a warning; that it goes on is not. */
function isWarning(mark: LogMark): boolean {
  return mark.missing !== 0 || mark.kind === "interrupted";
}

/** One line: the bar in its container's colour, time, name and text. The level is read aloud, not only coloured. */
export function LogRowView({ row, value, name, color, pattern, current }: LogRowViewProps) {
  if (value === undefined) {
    return (
      <div className="log-row waiting" data-row={row} aria-hidden="true">
        <i />
        <span />
        <span />
        <span className="bar" />
      </div>
    );
  }
  if (value.kind === "mark") {
    const warns = isWarning(value.mark);
    return (
      <div className="log-row mark" data-row={row}>
        <i />
        <time>{timeOfDay(value.mark.atMs, "milliseconds")}</time>
        <span className={`mark-text ${warns ? "c-tight" : ""}`}>
          <Icon of={warns ? TriangleAlert : Info} size={12} />
          <span className="message">{value.mark.text}</span>
        </span>
      </div>
    );
  }
  const { text, atMs } = value.line;
  const plain = plainText(text);
  const level = logLevel(plain);
  const pieces = markedPieces(styledPieces(text), pattern === null ? [] : matchRanges(pattern, plain));
  return (
    <div className={`log-row ${level} ${current ? "current" : ""}`} data-row={row}>
      <i style={{ background: seriesColor(color).line }} />
      <time>{timeOfDay(atMs, "milliseconds")}</time>
      <span className="source clip">{name}</span>
      <span className="message">
        {level === "plain" ? null : <span className="unseen">{spoken[level]}</span>}
        {pieces.map((piece, index) =>
          piece.marked ? (
            // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a line never move.
            <mark key={index} className={piece.className}>
              {piece.text}
            </mark>
          ) : (
            // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a line never move.
            <span key={index} className={piece.className}>
              {piece.text}
            </span>
          ),
        )}
      </span>
    </div>
  );
}
