import { create } from "zustand";

/**
 * How the face stands to the host: `connecting` before the first answer, `lost` while it tries again,
 * `refused` when this browser is not let in.
 */
export type ConnectionState = "connecting" | "open" | "lost" | "refused";

export const useConnection = create<{ state: ConnectionState }>(() => ({ state: "connecting" }));

export function setConnection(state: ConnectionState): void {
  useConnection.setState({ state });
}
