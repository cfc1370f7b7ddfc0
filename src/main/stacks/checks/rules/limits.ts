import type { Report, Rule } from "../rule.ts";

const constraints = "https://docs.docker.com/engine/containers/resource_constraints/";
const mebibyte = 1024 * 1024;

/** Bytes as a person writes them in a compose file. */
export function sizeText(bytes: number): string {
  return bytes % mebibyte === 0 ? `${bytes / mebibyte}m` : bytes % 1024 === 0 ? `${bytes / 1024}k` : `${bytes}b`;
}

export const limitRules: readonly Rule[] = [
  {
    id: "limits.no-memory",
    severity: "warning",
    title: "A service has no memory limit: when it leaks, the kernel may kill any other service, or SSH.",
    source: constraints,
    // There the file has no say in it: telemetryos.unbounded and telemetryos.no-limits speak instead.
    targets: ["docker", "balena", "particle", "kanto"],
    *check({ services }): Iterable<Report> {
      for (const service of services) {
        if (service.memoryLimit !== null) continue;
        yield {
          place: service.place(),
          message: `\`${service.name}\` has no memory limit: it may take all of the device's memory, and others are killed for it.`,
          hint: "Set `mem_limit`; `bayplan profile` measures what the service needs.",
        };
      }
    },
  },
  {
    id: "limits.no-cpu",
    severity: "info",
    title: "A service has no CPU limit: when it spins, every other service slows down.",
    source: constraints,
    targets: ["docker", "balena", "particle"],
    *check({ services }): Iterable<Report> {
      for (const service of services) {
        if (service.cpuLimit !== null) continue;
        yield {
          place: service.place(),
          message: `\`${service.name}\` has no CPU limit: it may take every core of the device.`,
          hint: "Set `cpus`; `bayplan profile` measures what the service needs.",
        };
      }
    },
  },
  {
    id: "limits.swap",
    severity: "info",
    title: "A memory limit without `memswap_limit` lets the service use as much again in swap.",
    source: `${constraints}#--memory-swap-details`,
    mends: "adds `memswap_limit` with the value of the limit",
    targets: ["docker", "particle"],
    *check({ services }): Iterable<Report> {
      for (const service of services) {
        const limit = service.memoryLimit;
        if (limit === null || service.value.has("memswap_limit")) continue;
        yield {
          place: service.place(service.wrote("mem_limit") ? "mem_limit" : "deploy"),
          message: `\`${service.name}\` may use ${sizeText(limit)} of memory and as much again in swap, which wears an SD card out.`,
          hint: "Set `memswap_limit` to the same value to forbid swap.",
          fix: [{ kind: "set", path: ["services", service.name, "memswap_limit"], value: sizeText(limit) }],
        };
      }
    },
  },
  {
    id: "limits.reservation",
    severity: "error",
    title: "A memory reservation is larger than the limit: the engine refuses the container.",
    source: "moby/moby daemon/daemon_unix.go (verifyPlatformContainerResources)",
    targets: ["docker", "balena", "particle", "kanto"],
    *check({ services }): Iterable<Report> {
      for (const service of services) {
        const { memoryLimit: limit, memoryReservation: reserved } = service;
        if (limit === null || reserved === null || reserved <= limit) continue;
        yield {
          place: service.place(service.wrote("mem_reservation") ? "mem_reservation" : "deploy"),
          message: `\`${service.name}\` reserves ${sizeText(reserved)} but is limited to ${sizeText(limit)}: the engine refuses to start it.`,
          hint: "Reserve at most what the limit allows.",
        };
      }
    },
  },
  {
    id: "limits.too-small",
    severity: "error",
    title: "A memory limit is below what the engine accepts (6 MiB; Kanto 3 MiB).",
    source: constraints,
    targets: ["docker", "balena", "particle", "kanto"],
    *check({ services, target }): Iterable<Report> {
      const least = target === "kanto" ? 3 * mebibyte : 6 * mebibyte;
      for (const service of services) {
        const limit = service.memoryLimit;
        if (limit === null || limit >= least) continue;
        yield {
          place: service.place(service.wrote("mem_limit") ? "mem_limit" : "deploy"),
          message: `The memory limit of \`${service.name}\` is ${sizeText(limit)}; the engine refuses less than ${sizeText(least)}.`,
          hint: "A number without a unit is bytes: write `64m` for 64 MiB.",
        };
      }
    },
  },
];
