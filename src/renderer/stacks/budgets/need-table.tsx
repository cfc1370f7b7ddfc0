import type { Budget } from "../../../shared/domain/index.ts";
import { bytesText } from "../../../shared/format/bytes.ts";
import { coresWithUnit } from "../../../shared/format/cores.ts";
import { Icon } from "../../ui/icon.tsx";
import { toneIcons } from "../../ui/pill.tsx";
import type { ServiceNeed, StackNeeds } from "./budget-rows.ts";
import { NeedBar } from "./need-bar.tsx";

interface NeedTableProps {
  needs: StackNeeds;
  /** Null: the services are compared with the largest of them. */
  budget: Budget | null;
  onGo: (path: string, line: number) => void;
}

/** Each service with what it may take; its name leads to its place in the file. */
export function NeedTable({ needs, budget, onGo }: NeedTableProps) {
  const memoryScale = budget?.memoryBytes ?? largest(needs.services, (need) => need.memoryBytes);
  const cpuScale = budget?.cpuCores ?? largest(needs.services, (need) => need.cpuCores);
  return (
    <table className="table needs">
      <thead>
        <tr>
          <th scope="col">Service</th>
          <th scope="col" colSpan={2}>
            Memory
          </th>
          <th scope="col" colSpan={2}>
            CPU
          </th>
        </tr>
      </thead>
      <tbody>
        {needs.services.map((need) => (
          <tr key={need.name}>
            <th scope="row">
              <button
                type="button"
                className="link clip"
                title={need.name}
                onClick={() => onGo(need.place.file, need.place.line)}
              >
                {need.name}
              </button>
            </th>
            <td className="bar-cell">
              <NeedBar
                value={need.memoryBytes}
                reserved={need.reservationBytes}
                scale={memoryScale}
                label={memoryLabel(need)}
              />
            </td>
            <td className="num">
              <Figure
                text={need.memoryBytes === null ? null : bytesText(need.memoryBytes)}
                isOver={budget?.memoryBytes != null && (need.memoryBytes ?? 0) > budget.memoryBytes}
                aside={need.reservationBytes === null ? null : `${bytesText(need.reservationBytes)} kept`}
              />
            </td>
            <td className="bar-cell">
              <NeedBar
                value={need.cpuCores}
                scale={cpuScale}
                label={need.cpuCores === null ? noLimit : `limit ${coresWithUnit(need.cpuCores)}`}
              />
            </td>
            <td className="num">
              <Figure
                text={need.cpuCores === null ? null : coresWithUnit(need.cpuCores)}
                isOver={budget?.cpuCores != null && (need.cpuCores ?? 0) > budget.cpuCores}
                aside={null}
              />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const noLimit = "no limit: may take all";

function largest(needs: readonly ServiceNeed[], size: (need: ServiceNeed) => number | null): number {
  return Math.max(0, ...needs.map((need) => size(need) ?? 0));
}

function memoryLabel({ memoryBytes, reservationBytes }: ServiceNeed): string {
  if (memoryBytes === null) return noLimit;
  const limit = `limit ${bytesText(memoryBytes)}`;
  return reservationBytes === null ? limit : `${limit}, ${bytesText(reservationBytes)} kept for it`;
}

/** A limit in figures; more than the budget has a shape beside its colour. */
function Figure({ text, isOver, aside }: { text: string | null; isOver: boolean; aside: string | null }) {
  return (
    <>
      {aside === null ? null : <span className="caption kept">{aside}</span>}
      {isOver ? (
        <span className="c-over over-figure" title="More than the budget">
          <Icon of={toneIcons.over} size={12} />
          <span className="unseen">more than the budget: </span>
          {text}
        </span>
      ) : (
        (text ?? <span className="quiet">none</span>)
      )}
    </>
  );
}
