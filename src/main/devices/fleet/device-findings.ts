import type { AppError, DeviceFacts, Finding } from "../../../shared/domain/index.ts";
import { isSameMachine, type MachineEvidence, sharedByClones } from "../identity/same-machine.ts";

export interface ComparedDevice {
  name: string;
  evidence: MachineEvidence;
  facts: DeviceFacts | null;
}

/** What should be said about a device besides its state: made from one image with another one, limits without effect. */
export function deviceFindings(device: ComparedDevice, others: readonly ComparedDevice[]): Finding[] {
  if (device.facts === null) return [];
  return [...clonedFindings(device, others), ...memoryFindings(device.facts)];
}

/** Why what is known of a device is not written down. */
export function unwrittenFinding(error: AppError): Finding {
  return {
    rule: "device.not-remembered",
    severity: "warning",
    message: `What is known of this device is not written down. ${error.message}`,
    hint: `${error.hint ?? ""} Bayplan tries again by itself; until then it would be forgotten when Bayplan ends.`.trim(),
    place: null,
  };
}

function clonedFindings(device: ComparedDevice, others: readonly ComparedDevice[]): Finding[] {
  return others.flatMap((other) => {
    if (other.facts === null || isSameMachine(device.evidence, other.evidence)) return [];
    const shared = sharedByClones(device.evidence, other.evidence);
    if (shared.length === 0) return [];
    return [
      {
        rule: "device.cloned-image",
        severity: "warning" as const,
        message: `${device.name} and ${other.name} are two machines with the same ${shared.join(" and ")}: both were made from one image.`,
        hint:
          "Whoever holds one of them can pass for the other. On one of the two: sudo rm /etc/ssh/ssh_host_*_key* /etc/machine-id; " +
          "sudo ssh-keygen -A; sudo systemd-machine-id-setup; then reboot it and agree to its new key.",
        place: null,
      },
    ];
  });
}

function memoryFindings(facts: DeviceFacts): Finding[] {
  if (facts.memoryControllerOn !== false) return [];
  return [
    {
      rule: "device.memory-controller-off",
      severity: "warning",
      message:
        "The kernel's memory controller is off: memory limits of containers have no effect, and their memory cannot be read.",
      hint: "On a Raspberry Pi add cgroup_enable=memory to the one line of /boot/firmware/cmdline.txt, and reboot.",
      place: null,
    },
  ];
}
