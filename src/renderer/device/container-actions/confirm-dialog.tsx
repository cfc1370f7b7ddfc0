import type { Container, Device } from "../../../shared/domain/index.ts";
import { useAction } from "../../app/use-action.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { FailureNote } from "../../ui/failure-note.tsx";
import { callAction, type PlainAction } from "./container-calls.ts";

interface Words {
  verb: string;
  busy: string;
  /** What it means for whoever uses the container. */
  means: string;
}

const words: Record<PlainAction, Words> = {
  start: { verb: "Start", busy: "Starting", means: "It runs again." },
  unpause: { verb: "Unpause", busy: "Unpausing", means: "Its processes go on." },
  stop: { verb: "Stop", busy: "Stopping", means: "It has 10 seconds to end by itself, then it is killed." },
  restart: {
    verb: "Restart",
    busy: "Restarting",
    means: "It has 10 seconds to end by itself, then it is killed. Until it is up again nobody is answered.",
  },
  pause: {
    verb: "Pause",
    busy: "Pausing",
    means: "Its processes stand still and keep their memory. Nobody is answered until you unpause it.",
  },
  remove: {
    verb: "Remove",
    busy: "Removing",
    means: "It is killed if it runs. What it has written outside of volumes is lost.",
  },
};

interface ConfirmDialogProps {
  device: Device;
  container: Container;
  action: PlainAction;
  open: boolean;
  onClose: () => void;
}

/** Asks before something is taken away from whoever uses the container. */
export function ConfirmDialog({ device, container, action, open, onClose }: ConfirmDialogProps) {
  const { verb, busy, means } = words[action];
  const act = useAction(async () => {
    await callAction(device, container, action);
    onClose();
  });
  return (
    <Dialog
      title={`${verb} ${container.name}?`}
      open={open}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Leave it</Button>
          <Button
            look={action === "remove" ? "danger-solid" : "primary"}
            disabled={act.busy}
            onClick={() => void act.run()}
          >
            {act.busy ? busy : verb}
          </Button>
        </>
      }
    >
      <p>
        On {device.name}. {means}
      </p>
      {act.failure === null ? null : <FailureNote failure={act.failure} />}
    </Dialog>
  );
}
