import type { Budget } from "../../../shared/domain/index.ts";
import { mibText } from "../../../shared/format/bytes.ts";
import { coreCountText } from "../../../shared/format/cores.ts";
import type { Tone } from "../../format/answer.ts";
import { Gauge } from "../../ui/gauge.tsx";
import { Pill } from "../../ui/pill.tsx";
import { cpuStanding, memoryStanding, type StackNeeds, type Sum } from "./budget-rows.ts";
import { standingWords } from "./standing-words.ts";

interface SumRowProps {
  axis: "memory" | "cpu";
  needs: StackNeeds;
  budget: Budget;
}

/** All limits together against the budget: the bar, the figures, a word, and what it means. */
export function SumRow({ axis, needs, budget }: SumRowProps) {
  const isMemory = axis === "memory";
  const standing = isMemory ? memoryStanding(needs, budget) : cpuStanding(needs, budget);
  const words = standingWords[standing];
  const limit = isMemory ? budget.memoryBytes : budget.cpuCores;
  const sum = isMemory ? needs.memory : needs.cpu;
  const asked = withOpen(sum, isMemory ? mibText(sum.total) : coreCountText(sum.total));
  const total = limit === null ? "" : isMemory ? `of ${mibText(limit)} MiB` : `of ${coreCountText(limit)} cores`;
  const tone: Tone = words.tone === "plain" || words.tone === "accent" ? "unknown" : words.tone;
  return (
    <div className="sum">
      <span className="soft">{isMemory ? "Memory" : "CPU"}</span>
      {limit === null ? (
        <span className="gauge blank" role="img" aria-label="no budget" />
      ) : (
        <Gauge
          tone={tone}
          label={`${asked} ${total}`}
          value={sum.total}
          low={null}
          high={null}
          limit={limit}
          fitsShare={1}
        />
      )}
      <span className="num">
        <b>{asked}</b> <span className="muted">{total === "" ? (isMemory ? "MiB" : "cores") : total}</span>
      </span>
      <Pill tone={words.tone} text={words.word} />
      <p className="small muted">{isMemory ? words.memory : words.cpu}</p>
    </div>
  );
}

function withOpen({ open }: Sum, total: string): string {
  return open === 0 ? total : `${total} + ${open} open`;
}
