import { Ellipsis, Flag, GitCompareArrows, PackageOpen, Trash2 } from "lucide-react";
import type { Baseline } from "../../shared/domain/index.ts";
import { Menu, type MenuEntry } from "../ui/menu.tsx";
import { isFinished, type RunGroup } from "./run-groups.ts";

interface RunMenuProps {
  group: RunGroup;
  baselines: readonly Baseline[];
  onExport: () => void;
  onBaseline: () => void;
  onRemove: () => void;
  onCompare: (baseline: string) => void;
}

/** What is done with a row of the history. */
export function RunMenu({ group, baselines, onExport, onBaseline, onRemove, onCompare }: RunMenuProps) {
  const blocked = isFinished(group) ? null : "It has no finished run.";
  const running = group.runs.some(({ status }) => status === "running");
  const own = new Set(group.runs.map(({ id }) => id));
  const others = baselines.filter(
    ({ stackName, runIds }) => stackName === group.runs[0]?.stackName && !runIds.some((id) => own.has(id)),
  );
  const entries: MenuEntry[] = [
    { label: "Export as a file", icon: PackageOpen, blocked, onSelect: onExport },
    { label: "Set as baseline…", icon: Flag, blocked, onSelect: onBaseline },
    ...others.map(({ name }) => ({
      label: `Compare with ${name}`,
      icon: GitCompareArrows,
      blocked,
      onSelect: () => onCompare(name),
    })),
    {
      label: group.series ? "Remove the series…" : "Remove…",
      icon: Trash2,
      danger: true,
      blocked: running ? "It is being measured." : null,
      onSelect: onRemove,
    },
  ];
  return <Menu label={`More about ${group.name}`} icon={Ellipsis} entries={entries} />;
}
