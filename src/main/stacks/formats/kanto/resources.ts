import { intNode, type ModelNode } from "../../compose/node.ts";
import { inPlaceOf, type ServiceDraft } from "../compose-model.ts";
import { type Fields, fail } from "../fields.ts";
import { readSize } from "./size.ts";
import type { Spelling } from "./spelling.ts";

/** The daemon refuses less (containerm/util/containers_validation.go). */
const leastMemoryBytes = 3 * 1024 ** 2;

/** Limits of memory, under the rules that the daemon checks them by. */
export function readResources(fields: Fields, draft: ServiceDraft, spelling: Spelling): void {
  const { findings } = fields;
  const memory = readSize(fields, "memory");
  const reservation = readSize(fields, spelling.reservation);
  const swap = fields.text(spelling.swap)?.value === "-1" ? null : readSize(fields, spelling.swap);
  const isUnlimited = fields.text(spelling.swap)?.value === "-1";
  fields.finish("Kanto has `memory`, its reservation and its swap, and no limit of CPU.");
  if (memory !== null && memory.bytes < leastMemoryBytes)
    fail(findings, "refused", memory.node, "Kanto refuses a memory limit below 3 MiB.");
  if (memory !== null && reservation !== null && reservation.bytes > memory.bytes) {
    fail(findings, "refused", reservation.node, "The reservation is above the limit of memory, which Kanto refuses.");
  }
  const swapNode = fields.any(spelling.swap);
  if (
    swapNode !== null &&
    (isUnlimited || swap !== null) &&
    (memory === null || (swap !== null && swap.bytes < memory.bytes))
  ) {
    fail(
      findings,
      "refused",
      swapNode,
      "Swap is memory and swap together: Kanto takes it with a limit of memory that is not above it.",
    );
  }
  const set = (key: string, size: { bytes: number; node: ModelNode } | null): void => {
    if (size !== null) draft.set(key, inPlaceOf(size.node, intNode(size.bytes, size.node.place)));
  };
  set("mem_limit", memory);
  set("mem_reservation", reservation);
  set("memswap_limit", swap);
  if (isUnlimited && swapNode !== null) draft.set("memswap_limit", inPlaceOf(swapNode, intNode(-1, swapNode.place)));
}
