import { useId, useState } from "react";
import {
  type Container,
  type ContainerChange,
  type Device,
  parseByteSize,
  parseCores,
  whyNot,
} from "../../../shared/domain/index.ts";
import { bytesText } from "../../../shared/format/bytes.ts";
import { useAction } from "../../app/use-action.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { FailureNote } from "../../ui/failure-note.tsx";
import { TextField } from "../../ui/field.tsx";
import { Seg } from "../../ui/seg.tsx";
import { updateContainer } from "./container-calls.ts";

interface LimitsDialogProps {
  device: Device;
  container: Container;
  open: boolean;
  onClose: () => void;
}

const policies = ["as-it-is", "no", "on-failure", "unless-stopped", "always"] as const;
type Policy = (typeof policies)[number];

/** Null where the text is as it was: then nothing is changed. */
function changed<T>(text: string, before: string, parse: (text: string) => T | null): T | null | "wrong" {
  if (text.trim() === before) return null;
  return parse(text) ?? "wrong";
}

/** Changes the limits and the restart policy of a container while it runs. */
export function LimitsDialog({ device, container, open, onClose }: LimitsDialogProps) {
  const form = useId();
  const before = {
    memory: container.memoryLimitBytes === null ? "" : bytesText(container.memoryLimitBytes),
    cpus: container.cpuLimitCores === null ? "" : String(container.cpuLimitCores),
  };
  const [memory, setMemory] = useState(before.memory);
  const [cpus, setCpus] = useState(before.cpus);
  const [policy, setPolicy] = useState<Policy>("as-it-is");
  const noCpu = device.engine === null ? null : whyNot(device.engine, "cpu-limit");
  const memoryBytes = changed(memory, before.memory, parseByteSize);
  const cpuCores = changed(cpus, before.cpus, parseCores);
  const isWrong = memoryBytes === "wrong" || cpuCores === "wrong";
  const isSame = memoryBytes === null && cpuCores === null && policy === "as-it-is";
  const update = useAction(async () => {
    if (memoryBytes === "wrong" || cpuCores === "wrong") return;
    const restart: ContainerChange["restart"] = policy === "as-it-is" ? null : { policy, maximumRetries: null };
    await updateContainer(device, container, { memoryBytes, memoryReservationBytes: null, cpuCores, restart });
    onClose();
  });
  return (
    <Dialog
      title={`Limits of ${container.name}`}
      open={open}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Leave them</Button>
          <Button look="primary" type="submit" form={form} disabled={update.busy || isWrong || isSame}>
            {update.busy ? "Changing" : "Change"}
          </Button>
        </>
      }
    >
      <form
        id={form}
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          void update.run();
        }}
      >
        <TextField
          label="Memory limit"
          value={memory}
          onChange={setMemory}
          placeholder="none"
          problem={memoryBytes === "wrong" ? "Write a size, for example 64 MiB." : null}
          hint="Without swap. Below what it holds now, the kernel may kill it."
        />
        <TextField
          label="CPU limit"
          value={cpus}
          onChange={setCpus}
          placeholder="none"
          unit="cores"
          disabled={noCpu !== null}
          problem={cpuCores === "wrong" ? "Write a number of cores, for example 0.5." : null}
          hint={noCpu ?? "In cores of the device."}
        />
        <div className="labelled">
          <span>Starts again by itself</span>
          <Seg
            label="Restart policy"
            value={policy}
            onChange={setPolicy}
            options={policies.map((value) => ({ value, label: value === "as-it-is" ? "as it is" : value }))}
          />
        </div>
      </form>
      {update.failure === null ? null : <FailureNote failure={update.failure} />}
    </Dialog>
  );
}
