import { useEffect } from "react";
import { create } from "zustand";
import { type Container, deviceIdSchema, type Outcome } from "../../shared/domain/index.ts";
import { client } from "./client.ts";
import { watch } from "./watch.ts";

interface ContainerLists {
  byDevice: Readonly<Record<string, Outcome<Container[]>>>;
}

export const useContainerLists = create<ContainerLists>(() => ({ byDevice: {} }));

interface Following {
  readers: number;
  stop: () => void;
}

const following = new Map<string, Following>();

function store(deviceId: string, outcome: Outcome<Container[]>): void {
  useContainerLists.setState((state) => ({ byDevice: { ...state.byDevice, [deviceId]: outcome } }));
}

function change(deviceId: string, to: (containers: readonly Container[]) => Container[]): void {
  const outcome = useContainerLists.getState().byDevice[deviceId];
  if (outcome?.ok) store(deviceId, { ...outcome, value: to(outcome.value) });
}

/** Shows what a call has answered, before the list is read again. */
export function showContainer(deviceId: string, container: Container): void {
  change(deviceId, (all) => all.map((one) => (one.id === container.id ? container : one)));
}

export function hideContainer(deviceId: string, containerId: string): void {
  change(deviceId, (all) => all.filter(({ id }) => id !== containerId));
}

function follow(deviceId: string): () => void {
  const entry = following.get(deviceId) ?? {
    readers: 0,
    stop: watch({
      open: (signal) => client.containers.watch({ deviceId: deviceIdSchema.parse(deviceId) }, { signal }),
      take: (outcome) => {
        store(deviceId, outcome);
        return undefined;
      },
      failed: (failure) => store(deviceId, { ok: false, atMs: Date.now(), failure }),
    }),
  };
  entry.readers += 1;
  following.set(deviceId, entry);
  return () => {
    entry.readers -= 1;
    if (entry.readers > 0) return;
    entry.stop();
    following.delete(deviceId);
  };
}

/** The containers of a device, followed while some component shows them; undefined until the first answer. */
export function useContainers(deviceId: string, wanted = true): Outcome<Container[]> | undefined {
  useEffect(() => (wanted ? follow(deviceId) : undefined), [deviceId, wanted]);
  return useContainerLists((state) => state.byDevice[deviceId]);
}
