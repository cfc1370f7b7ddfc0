import { create } from "zustand";
import type { HostInfo } from "../../shared/domain/index.ts";
import { client } from "./client.ts";
import { useConnection } from "./connection-store.ts";

const pollMs = 4_000;

export const useHost = create<{ info: HostInfo | null }>(() => ({ info: null }));

async function ask(): Promise<void> {
  if (document.hidden || useConnection.getState().state !== "open") return;
  try {
    useHost.setState({ info: await client.host.info() });
  } catch (error) {
    // The banner tells of a lost connection; the facts of a moment ago stay until the next answer.
    console.warn("host.info failed", error);
  }
}

/** Asks about this machine every few seconds until the function that it gives is called. */
export function watchHost(): () => void {
  void ask();
  const timer = setInterval(() => void ask(), pollMs);
  const onChange = () => void ask();
  const unsubscribe = useConnection.subscribe(onChange);
  document.addEventListener("visibilitychange", onChange);
  return () => {
    clearInterval(timer);
    unsubscribe();
    document.removeEventListener("visibilitychange", onChange);
  };
}
