import {
  type Advice,
  AppError,
  parseByteSize,
  parseCores,
  type Service,
  type Stack,
} from "../../../shared/domain/index.ts";

/**
 * The stack with advised limits in force; its file stays as it is. Other advice (a restart policy) is no limit and left out.
 * @throws AppError `conflict` when a service of the advice is not in the stack any more.
 */
export function withAdvice(stack: Stack, advice: readonly Advice[]): Stack {
  const missing = advice.find(({ service }) => !stack.services.some(({ name }) => name === service));
  if (missing !== undefined) {
    throw new AppError(
      "conflict",
      `The stack has no service ${missing.service} any more, and the advice is about it.`,
      {
        hint: "The file has changed since that run: measure it again.",
      },
    );
  }
  const services = stack.services.map((service) =>
    advice.filter((one) => one.service === service.name).reduce(withOne, service),
  );
  return { ...stack, services };
}

function withOne(service: Service, { key, proposed }: Advice): Service {
  const { limits, options } = service;
  if (key === "cpus") return { ...service, limits: { ...limits, cpuCores: parseCores(proposed) } };
  if (key !== "mem_limit") return service;
  const memoryBytes = parseByteSize(proposed);
  const bound = (bytes: number | null) =>
    bytes === null || memoryBytes === null ? bytes : Math.min(bytes, memoryBytes);
  const swap = options.memoryAndSwapBytes;
  // An engine refuses a limit above that of memory and swap together.
  const keepsSwap = swap !== null && (swap < 0 || swap >= (memoryBytes ?? 0));
  return {
    ...service,
    limits: { ...limits, memoryBytes, memoryReservationBytes: bound(limits.memoryReservationBytes) },
    options: { ...options, memoryAndSwapBytes: keepsSwap ? swap : null },
  };
}
