import { TriangleAlert } from "lucide-react";
import { timeOfDay } from "../../shared/format/time.ts";
import { Icon } from "../ui/icon.tsx";
import { seriesColor } from "../ui/swatch.tsx";
import { styledPieces } from "./ansi-text.ts";
import { highlighted } from "./highlighted.tsx";
import type { LogRow } from "./log-ring.ts";

interface LogRowViewProps {
  row: LogRow;
  name: string;
  color: number;
  filter: string;
}

const spoken = { error: "Error: ", warning: "Warning: ", plain: "" };

/** One line: the bar in its container's colour, time, name and text. The level is read aloud, not only coloured. */
export function LogRowView({ row, name, color, filter }: LogRowViewProps) {
  if (row.kind === "mark") {
    return (
      <div className="log-row mark">
        <i />
        <time>{timeOfDay(row.atMs, "milliseconds")}</time>
        <span className="mark-text">
          <Icon of={TriangleAlert} size={12} />
          {row.text}
        </span>
      </div>
    );
  }
  return (
    <div className={`log-row ${row.level}`}>
      <i style={{ background: seriesColor(color).line }} />
      <time>{timeOfDay(row.atMs, "milliseconds")}</time>
      <span className="source clip">{name}</span>
      <span className="message">
        {row.level === "plain" ? null : <span className="unseen">{spoken[row.level]}</span>}
        {filter === ""
          ? styledPieces(row.raw).map((piece, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a line never move.
              <span key={index} className={piece.className}>
                {piece.text}
              </span>
            ))
          : highlighted(row.plain, filter)}
      </span>
    </div>
  );
}
