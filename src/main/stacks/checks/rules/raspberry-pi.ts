import type { Report, Rule } from "../rule.ts";

export const raspberryPiRules: readonly Rule[] = [
  {
    id: "device.memory-limits-ignored",
    severity: "warning",
    title: "Raspberry Pi OS ignores memory limits until its memory cgroup is switched on.",
    source: "https://github.com/RPi-Distro/pi-gen/issues/917",
    // balenaOS switches it on; the other systems do not run Raspberry Pi OS.
    targets: ["docker", "kanto"],
    *check({ services, device }): Iterable<Report> {
      if (device === null || device.kind !== "model" || !/Raspberry Pi|Revolution Pi|RevPi/.test(device.name)) return;
      const limited = services.filter(({ memoryLimit }) => memoryLimit !== null);
      const [first] = limited;
      if (first === undefined) return;
      const key = first.wrote("mem_limit") ? "mem_limit" : "deploy";
      const others = limited.length === 1 ? "it" : `it and ${limited.length - 1} more`;
      yield {
        place: first.place(key),
        message: `Raspberry Pi OS ignores the memory limit of \`${first.name}\` (${others}) as it comes: the engine only warns.`,
        hint: "Add `cgroup_enable=memory` to the one line of /boot/firmware/cmdline.txt and restart the device.",
      };
    },
  },
];
