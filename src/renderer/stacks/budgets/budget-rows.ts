import type { Budget, Place, Service } from "../../../shared/domain/index.ts";

/** What one service declares; null is "nothing said". */
export interface ServiceNeed {
  name: string;
  place: Place;
  memoryBytes: number | null;
  reservationBytes: number | null;
  cpuCores: number | null;
}

/** What the services declare together of one thing. */
export interface Sum {
  total: number;
  /** Services without a limit: each may take all there is. */
  open: number;
}

export interface StackNeeds {
  /** Those without a memory limit first, then the largest. */
  services: ServiceNeed[];
  memory: Sum;
  reservedBytes: number;
  cpu: Sum;
}

/** What the services that would be deployed declare; load makers are not among them. */
export function stackNeeds(declared: readonly Pick<Service, "name" | "place" | "limits" | "load">[]): StackNeeds {
  const services = declared
    .filter((service) => !service.load)
    .map(
      ({ name, place, limits }): ServiceNeed => ({
        name,
        place,
        memoryBytes: limits.memoryBytes,
        reservationBytes: limits.memoryReservationBytes,
        cpuCores: limits.cpuCores,
      }),
    );
  const size = ({ memoryBytes }: ServiceNeed) => memoryBytes ?? Number.POSITIVE_INFINITY;
  // Two without a limit are equal: infinity less infinity is no number.
  const larger = (a: ServiceNeed, b: ServiceNeed) => (size(a) === size(b) ? 0 : size(b) - size(a));
  return {
    services: services.toSorted((a, b) => larger(a, b) || (b.cpuCores ?? 0) - (a.cpuCores ?? 0)),
    memory: sumOf(services.map((service) => service.memoryBytes)),
    reservedBytes: sumOf(services.map((service) => service.reservationBytes)).total,
    cpu: sumOf(services.map((service) => service.cpuCores)),
  };
}

function sumOf(values: readonly (number | null)[]): Sum {
  return {
    total: values.reduce<number>((sum, value) => sum + (value ?? 0), 0),
    open: values.filter((value) => value === null).length,
  };
}

/** How a sum stands to a budget, before anything ran. */
export type Standing =
  /** The budget has no figure for it. */
  | "no-budget"
  /** It cannot start: more is set aside, or asked for by one service, than there is. */
  | "cannot-start"
  /** The limits allow more than there is. */
  | "over"
  /** The limits are within it, but some have none. */
  | "open"
  | "within";

/** Memory: what is reserved must be there; limits that allow more do not keep the device from running out. */
export function memoryStanding({ memory, reservedBytes }: StackNeeds, budget: Budget): Standing {
  if (budget.memoryBytes === null) return "no-budget";
  if (reservedBytes > budget.memoryBytes) return "cannot-start";
  if (memory.total > budget.memoryBytes) return "over";
  return memory.open > 0 ? "open" : "within";
}

/** CPU is shared, so a sum above the budget only means waiting; one service above the device's CPUs is refused. */
export function cpuStanding({ services, cpu }: StackNeeds, budget: Budget): Standing {
  const { cpus, cpuCores } = budget;
  if (cpus !== null && services.some((service) => (service.cpuCores ?? 0) > cpus)) return "cannot-start";
  if (cpuCores === null) return "no-budget";
  if (cpu.total > cpuCores) return "over";
  return cpu.open > 0 ? "open" : "within";
}
