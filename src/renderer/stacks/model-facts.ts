import type { Model } from "../../shared/domain/index.ts";
import { bytesText } from "../../shared/format/bytes.ts";
import { coreCountText } from "../../shared/format/cores.ts";

const mib = 1024 ** 2;

/** Memory that stacks on a board can use as far as it is published, else what it is sold with; bytes. */
function modelMemoryBytes(model: Model): number | null {
  const value = model.usableMemoryMiB?.value ?? model.memoryMiB;
  return value === null ? null : value * mib;
}

/** `1.85 GiB, 4 cores, 5,750 MIPS`: what a board brings; a missing figure is said, not skipped. */
export function modelFacts(model: Model): string {
  const memory = modelMemoryBytes(model);
  const score = model.multiCoreScore?.value ?? null;
  return [
    memory === null ? "memory not published" : bytesText(memory),
    model.cores === null
      ? "cores not published"
      : `${coreCountText(model.cores)} ${model.cores === 1 ? "core" : "cores"}`,
    score === null ? "no CPU score" : `${score.toLocaleString("en-US")} MIPS`,
  ].join(", ");
}

/** True when every word stands in the name, the vendor, the chip or the id of the model. */
export function modelMatches(model: Model, search: string): boolean {
  const text = `${model.vendor} ${model.name} ${model.soc ?? ""} ${model.id} ${model.arch ?? ""}`.toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** The boards that most people have come first, those without a vendor last. */
function vendorRank(vendor: string): number {
  if (vendor === "Raspberry Pi") return 0;
  return vendor.startsWith("(") ? 2 : 1;
}

/** Models by vendor, vendors by name. */
export function byVendor(models: readonly Model[]): [string, Model[]][] {
  const groups = new Map<string, Model[]>();
  for (const model of models) groups.set(model.vendor, [...(groups.get(model.vendor) ?? []), model]);
  return [...groups].sort(([a], [b]) => vendorRank(a) - vendorRank(b) || a.localeCompare(b));
}
