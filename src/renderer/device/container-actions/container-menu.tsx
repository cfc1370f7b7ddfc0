import {
  CirclePause,
  CirclePlay,
  CircleStop,
  Ellipsis,
  PencilLine,
  RotateCw,
  SlidersHorizontal,
  Trash2,
} from "lucide-react";
import { actionsIn, type Container, type ContainerAction, type Device, whyNot } from "../../../shared/domain/index.ts";
import type { LucideIcon } from "../../ui/icon.tsx";
import { Menu } from "../../ui/menu.tsx";

const words: Record<ContainerAction, { label: string; icon: LucideIcon }> = {
  start: { label: "Start", icon: CirclePlay },
  unpause: { label: "Unpause", icon: CirclePlay },
  stop: { label: "Stop", icon: CircleStop },
  restart: { label: "Restart", icon: RotateCw },
  pause: { label: "Pause", icon: CirclePause },
  rename: { label: "Rename", icon: PencilLine },
  update: { label: "Change limits", icon: SlidersHorizontal },
  remove: { label: "Remove", icon: Trash2 },
};

interface ContainerMenuProps {
  device: Device;
  container: Container;
  onChoose: (action: ContainerAction) => void;
}

/** What can be done to a container in its state; what its engine cannot do is grey, with the reason. */
export function ContainerMenu({ device, container, onChoose }: ContainerMenuProps) {
  const { engine } = device;
  return (
    <Menu
      label={`Actions of ${container.service ?? container.name}`}
      icon={Ellipsis}
      entries={actionsIn(container.state).map((action) => ({
        ...words[action],
        danger: action === "remove",
        blocked: engine === null ? null : whyNot(engine, action),
        onSelect: () => onChoose(action),
      }))}
    />
  );
}
