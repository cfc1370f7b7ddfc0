import { mibText } from "../../shared/format/bytes.ts";
import { UseBar } from "../ui/use-bar.tsx";
import type { DeclaredMemory } from "./declared-limits.ts";

interface TargetRowProps {
  name: string;
  facts: string;
  memoryBytes: number | null;
  declared: DeclaredMemory | null;
  chosen: boolean;
  onToggle: () => void;
}

/** A budget to choose, and once chosen how far the limits in the file alone would fill its memory. */
export function TargetRow({ name, facts, memoryBytes, declared, chosen, onToggle }: TargetRowProps) {
  return (
    <li className={chosen ? "target chosen" : "target"}>
      <label>
        <input type="checkbox" checked={chosen} onChange={onToggle} />
        <span className="grow">
          <span className="target-name clip">{name}</span>
          <span className="target-facts clip">{facts}</span>
        </span>
      </label>
      {chosen && declared !== null && memoryBytes !== null ? (
        <p className="target-fit">
          <span>File asks for</span>
          <UseBar
            used={declared.limitedBytes}
            limit={memoryBytes}
            label={`${mibText(declared.limitedBytes)} of ${mibText(memoryBytes)} MiB`}
          />
          <span className="num">
            <b>
              {mibText(declared.limitedBytes)}
              {declared.open > 0 ? ` + ${declared.open} open` : ""}
            </b>{" "}
            of {mibText(memoryBytes)} MiB
          </span>
        </p>
      ) : null}
    </li>
  );
}
