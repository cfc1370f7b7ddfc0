import { FailureNote } from "../ui/failure-note.tsx";
import { useHost } from "./host-store.ts";

/** Says why nothing can be measured here, when there is no engine on this machine. */
export function EngineNote() {
  const info = useHost((host) => host.info);
  if (info === null || info.engine !== null) return null;
  const failure = info.engineFailure ?? {
    code: "no-engine",
    message: "There is no container engine on this machine.",
    hint: "Install Docker or Podman here. Devices can be watched without one.",
  };
  return <FailureNote failure={failure} tone="tight" />;
}

/** True when this machine can run a stack. */
export function useHasEngine(): boolean {
  return useHost((host) => host.info?.engine != null);
}
