import { ArrowLeftRight, GitCompareArrows, X } from "lucide-react";
import { useLocation } from "wouter";
import { countText } from "../../shared/format/words.ts";
import { paths } from "../app/paths.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { clearChoice, swapSides, useCompareChoice } from "./compare-choice.ts";
import type { RunGroup } from "./run-groups.ts";

/** How many runs a side has, and of what. */
function sideText(names: readonly string[], groups: readonly RunGroup[]): string {
  const chosen = names.flatMap((name) => {
    const group = groups.find((one) => one.name === name);
    return group?.runs ?? groups.flatMap(({ runs }) => runs.filter(({ id }) => id === name));
  });
  const stacks = [...new Set(chosen.map(({ stackName }) => stackName))].join(", ");
  return names.length === 0 ? "choose in the list" : `${stacks}, ${countText(chosen.length, "run")}`;
}

/** What is chosen for both sides, and the way to their comparison; nothing while nothing is chosen. */
export function CompareBar({ groups }: { groups: readonly RunGroup[] }) {
  const { a, b } = useCompareChoice();
  const [, navigate] = useLocation();
  if (a.length === 0 && b.length === 0) return null;
  const ready = a.length > 0 && b.length > 0;
  return (
    <section className="panel compare-bar" aria-label="Comparison">
      <span>
        <b className="side-mark">A</b> {sideText(a, groups)}
      </span>
      <IconButton icon={ArrowLeftRight} label="Swap the sides" onClick={swapSides} />
      <span>
        <b className="side-mark">B</b> {sideText(b, groups)}
      </span>
      <span className="push">
        <Button icon={X} look="ghost" onClick={clearChoice}>
          Clear
        </Button>
        <Button
          icon={GitCompareArrows}
          look="primary"
          disabled={!ready}
          onClick={() => navigate(paths.compare(a.join(","), b.join(",")))}
        >
          Compare
        </Button>
      </span>
    </section>
  );
}
