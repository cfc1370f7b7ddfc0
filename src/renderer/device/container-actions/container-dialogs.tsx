import type { Device } from "../../../shared/domain/index.ts";
import { ConfirmDialog } from "./confirm-dialog.tsx";
import { LimitsDialog } from "./limits-dialog.tsx";
import { RenameDialog } from "./rename-dialog.tsx";
import type { AskedAction } from "./use-container-actions.ts";

/** The dialog of what was chosen. */
export function ContainerDialogs({
  device,
  asked,
  onClose,
}: {
  device: Device;
  asked: AskedAction | null;
  onClose: () => void;
}) {
  if (asked === null) return null;
  const { container, action, turn, open } = asked;
  const shared = { device, container, open, onClose };
  if (action === "rename") return <RenameDialog key={turn} {...shared} />;
  if (action === "update") return <LimitsDialog key={turn} {...shared} />;
  return <ConfirmDialog key={turn} {...shared} action={action} />;
}
