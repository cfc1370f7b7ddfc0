import type { Budget, StaticFit } from "../../../../shared/domain/index.ts";
import type { Report, Rule } from "../rule.ts";
import type { CheckedService } from "../subject.ts";

const mebibyte = 1024 * 1024;

function mib(bytes: number): string {
  return `${Math.round(bytes / mebibyte)} MiB`;
}

function sum(numbers: readonly (number | null)[]): number {
  return numbers.reduce<number>((total, number) => total + (number ?? 0), 0);
}

/** What services ask for together, against what a device has. */
export function staticFit(services: readonly CheckedService[], device: Budget): StaticFit {
  return {
    device: device.name,
    memorySource: device.memorySource,
    budgetBytes: device.memoryBytes,
    limitBytes: sum(services.map(({ memoryLimit }) => memoryLimit)),
    reservedBytes: sum(services.map(({ memoryReservation }) => memoryReservation)),
    unlimited: services.filter(({ memoryLimit }) => memoryLimit === null).map(({ name }) => name),
  };
}

/** The service that asks for most: there a change helps first. */
function largest(
  services: readonly CheckedService[],
  size: (service: CheckedService) => number | null,
): CheckedService {
  return services.reduce((most, service) => ((size(service) ?? 0) > (size(most) ?? 0) ? service : most));
}

const constraints = "https://docs.docker.com/engine/containers/resource_constraints/";

export const deviceFitRules: readonly Rule[] = [
  {
    id: "fit.reservations",
    severity: "error",
    title: "The services reserve more memory than the device has for them.",
    source: "docs/verdict.md (budgets)",
    targets: ["docker", "balena", "particle", "kanto"],
    *check({ services, device }): Iterable<Report> {
      if (device === null || device.memoryBytes === null || services.length === 0) return;
      const reserved = sum(services.map(({ memoryReservation }) => memoryReservation));
      if (reserved <= device.memoryBytes) return;
      const most = largest(services, ({ memoryReservation }) => memoryReservation);
      yield {
        place: most.place(most.wrote("mem_reservation") ? "mem_reservation" : "deploy"),
        message: `The services reserve ${mib(reserved)}; ${device.name} has ${mib(device.memoryBytes)} for them.`,
        hint: `\`${most.name}\` reserves most. The figure of the device: ${device.memorySource}.`,
      };
    },
  },
  {
    id: "fit.limits",
    severity: "warning",
    title: "The memory limits add up to more than the device has: they do not keep it from running out.",
    source: "docs/verdict.md (budgets)",
    targets: ["docker", "balena", "particle", "kanto"],
    *check({ services, device }): Iterable<Report> {
      if (device === null || device.memoryBytes === null || services.length === 0) return;
      const limits = sum(services.map(({ memoryLimit }) => memoryLimit));
      if (limits <= device.memoryBytes) return;
      const most = largest(services, ({ memoryLimit }) => memoryLimit);
      yield {
        place: most.place(most.wrote("mem_limit") ? "mem_limit" : "deploy"),
        message: `The memory limits add up to ${mib(limits)}; ${device.name} has ${mib(device.memoryBytes)} for the stack. It can run out before any service meets its own limit.`,
        hint: `\`${most.name}\` has the largest. \`bayplan profile\` measures what each one needs.`,
      };
    },
  },
  {
    id: "fit.cpus",
    severity: "error",
    title: "A service asks for more CPUs than the device has: the engine refuses it.",
    source: constraints,
    targets: ["docker", "balena", "particle"],
    *check({ services, device }): Iterable<Report> {
      const cpus = device?.cpus ?? null;
      if (device === null || cpus === null) return;
      for (const service of services) {
        // A quota above all CPUs is accepted; `cpus` is compared by the engine.
        const asked = Number(service.value.get("cpus") ?? service.limits?.get("cpus") ?? 0);
        if (asked <= cpus) continue;
        yield {
          place: service.place(service.wrote("cpus") ? "cpus" : "deploy"),
          message: `\`${service.name}\` asks for ${asked} CPUs; ${device.name} has ${cpus}, so the engine refuses to start it.`,
          hint: `Write at most ${cpus}.`,
        };
      }
    },
  },
];
