import { Popover } from "@base-ui/react/popover";
import type { CheckFinding } from "../../shared/domain/index.ts";
import { FindingText } from "./finding-text.tsx";
import type { HoverCard } from "./use-hover-card.ts";

interface FindingCardProps {
  card: HoverCard;
  /** Of the line that is pointed at. */
  findings: readonly CheckFinding[];
  onMend: (finding: CheckFinding) => void;
}

/** What was found in the line that is pointed at, below it. By keyboard and by touch the same opens inside the text. */
export function FindingCard({ card, findings, onMend }: FindingCardProps) {
  return (
    <Popover.Root
      open={card.line !== null && findings.length > 0}
      onOpenChange={(open) => (open ? undefined : card.close())}
    >
      <Popover.Portal>
        <Popover.Positioner
          anchor={card.anchor}
          side="bottom"
          align="start"
          alignOffset={60}
          sideOffset={2}
          className="menu-place"
        >
          <Popover.Popup
            className="finding-card"
            aria-label={`Found in line ${card.line}`}
            initialFocus={false}
            finalFocus={false}
            onMouseEnter={card.stay}
            onMouseLeave={card.leave}
          >
            {findings.map((finding) => (
              <FindingText
                key={`${finding.rule} ${finding.message}`}
                finding={finding}
                onMend={(wanted) => {
                  card.close();
                  onMend(wanted);
                }}
              />
            ))}
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
