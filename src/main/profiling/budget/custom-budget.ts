import { AppError, type Budget, parseByteSize, parseCores, type TargetRequest } from "../../../shared/domain/index.ts";

export type CustomRequest = Extract<TargetRequest, { kind: "custom" }>;

const example = "For example: memory=256MiB,cpus=0.5,storage=4GiB";

/** A budget of a person's own figures. Its cores are those of this machine, so nothing has to be translated. */
export function customBudget(request: CustomRequest): Budget {
  const { memoryBytes, cpuCores, storageBytes } = request;
  if (memoryBytes === null && cpuCores === null && storageBytes === null) {
    throw new AppError("bad-input", "A budget needs at least one figure.", { hint: example });
  }
  return {
    label: "custom",
    name: "Custom",
    kind: "custom",
    memoryBytes,
    memorySource: memoryBytes === null ? "No memory was given." : "as given",
    cpuCores,
    cpuSource: cpuCores === null ? "No CPU was given." : "as given, in cores of this machine (speed ratio 1)",
    cpus: null,
    storageBytes,
    platform: null,
    singleCoreScore: null,
    multiCoreScore: null,
    hasSwap: false,
  };
}

/**
 * Reads `memory=256MiB,cpus=0.5,storage=4GiB`, in any order, each at most once. Sizes are binary, as in Compose: `256m`,
 * `256MB` and `256MiB` are the same. Throws `bad-input`.
 */
export function parseBudgetText(text: string): CustomRequest {
  const request: CustomRequest = { kind: "custom", memoryBytes: null, cpuCores: null, storageBytes: null };
  const seen = new Set<string>();
  for (const part of text.split(",")) {
    const [key = "", value = "", ...more] = part.split("=").map((piece) => piece.trim());
    if (more.length > 0 || value === "") throw refusal(`\`${part.trim()}\` is not a figure of a budget.`);
    if (seen.has(key)) throw refusal(`${key} is given twice.`);
    seen.add(key);
    if (key === "memory") request.memoryBytes = size(key, value);
    else if (key === "storage") request.storageBytes = size(key, value);
    else if (key === "cpus") request.cpuCores = coresOf(value);
    else throw refusal(`A budget has memory, cpus and storage, not \`${key}\`.`);
  }
  return request;
}

function size(key: string, text: string): number {
  const bytes = parseByteSize(text);
  if (bytes === null) throw refusal(`${key}=${text} is not a size.`);
  return bytes;
}

function coresOf(text: string): number {
  const cores = parseCores(text);
  if (cores === null) throw refusal(`cpus=${text} is not a number of cores.`);
  return cores;
}

function refusal(message: string): AppError {
  return new AppError("bad-input", message, { hint: example });
}
