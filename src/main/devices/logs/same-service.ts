import type { Container } from "../../../shared/domain/index.ts";

/** The container's name in the logs: its service, else its own name. */
export function sourceName(container: Container): string {
  return container.service ?? container.name;
}

/**
 * The container that took the place of one that has ended or gone: made later, for the same service of the same stack,
 * or under the same name where there is no service. `taken`: those that are another one's successor already. Null when
 * there is none (yet).
 */
export function successorOf(
  before: Container,
  now: readonly Container[],
  taken: ReadonlySet<string>,
): Container | null {
  const isSame = (one: Container): boolean =>
    before.service === null
      ? one.service === null && one.name === before.name
      : one.service === before.service && one.stack === before.stack;
  const later = now
    .filter((one) => one.id !== before.id && !taken.has(one.id) && isSame(one) && one.createdAtMs > before.createdAtMs)
    .sort((left, right) => left.createdAtMs - right.createdAtMs);
  return later.find((one) => one.name === before.name) ?? later[0] ?? null;
}
