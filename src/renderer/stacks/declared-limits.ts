import type { Stack } from "../../shared/domain/index.ts";

/** What the file itself says of memory: the sum of its limits, and how many services have none. */
export interface DeclaredMemory {
  limitedBytes: number;
  open: number;
}

/** Sums the memory limits of the services that would be deployed; load makers are not. */
export function declaredMemory(stack: Stack): DeclaredMemory {
  const deployed = stack.services.filter((service) => !service.load);
  return {
    limitedBytes: deployed.reduce((sum, service) => sum + (service.limits.memoryBytes ?? 0), 0),
    open: deployed.filter((service) => service.limits.memoryBytes === null).length,
  };
}
