import type { DeviceFacts } from "../../../shared/domain/index.ts";

export type EngineSocket = DeviceFacts["engineSockets"][number];

/** The order in which a device's engines are tried: Kanto last, since it can do less, and first what this user may open. */
export function inOrder(sockets: readonly EngineSocket[]): EngineSocket[] {
  return [...sockets].sort(
    (left, right) =>
      Number(left.kind === "kanto") - Number(right.kind === "kanto") || Number(right.canOpen) - Number(left.canOpen),
  );
}
