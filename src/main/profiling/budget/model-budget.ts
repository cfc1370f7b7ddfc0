import { type Budget, defaultRules, type Model, type Rules } from "../../../shared/domain/index.ts";

const mebibyte = 1024 * 1024;

/** What a catalogue board has for stacks: usable memory less the system's share, CPU as multi-core over single-core score. */
export function budgetOfModel(model: Model, rules: Rules = defaultRules): Budget {
  return {
    label: model.id,
    name: model.name,
    kind: "model",
    ...memoryOf(model, rules),
    ...cpuOf(model),
    storageBytes: model.storageBytes?.value ?? null,
    platform: model.platform,
    hasSwap: false,
  };
}

function memoryOf(model: Model, rules: Rules): Pick<Budget, "memoryBytes" | "memorySource"> {
  const share = `less ${Math.round(rules.osShareBytes / mebibyte)} MiB for the system`;
  if (model.usableMemoryMiB !== null) {
    const { value, source } = model.usableMemoryMiB;
    return {
      memoryBytes: positive(value * mebibyte - rules.osShareBytes),
      memorySource: `${Math.round(value)} MiB usable (${source}) ${share}`,
    };
  }
  if (model.memoryMiB === null) return { memoryBytes: null, memorySource: "The catalogue has no memory size for it." };
  const usable = model.memoryMiB * rules.nominalMemoryShare;
  return {
    memoryBytes: positive(usable * mebibyte - rules.osShareBytes),
    memorySource: `${Math.round(rules.nominalMemoryShare * 100)}% of ${model.memoryMiB} MiB, ${share}; no usable size is published`,
  };
}

/** Device cores, CPUs and scores of a board. Cores of two speeds need the multi-core score: cores x single is too much. */
export function cpuOf(
  model: Model,
): Pick<Budget, "cpuCores" | "cpuSource" | "cpus" | "singleCoreScore" | "multiCoreScore"> {
  const single = model.singleCoreScore;
  const multi = model.multiCoreScore;
  const known = { cpus: model.cores, singleCoreScore: single?.value ?? null, multiCoreScore: multi?.value ?? null };
  if (single === null) return { ...known, cpuCores: null, cpuSource: `No benchmark of ${model.name} is published.` };
  if (multi !== null) {
    return {
      ...known,
      cpuCores: multi.value / single.value,
      cpuSource: `${multi.value} / ${single.value} MIPS (${single.source})`,
    };
  }
  if (model.cores === null) {
    return {
      ...known,
      cpuCores: null,
      cpuSource: `Neither cores nor a multi-core score of ${model.name} are published.`,
    };
  }
  return { ...known, cpuCores: model.cores, cpuSource: `${model.cores} cores; no multi-core score is published` };
}

function positive(bytes: number): number | null {
  return bytes > 0 ? Math.floor(bytes) : null;
}
