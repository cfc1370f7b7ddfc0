import type { Finding } from "../../shared/domain/index.ts";

/** A page that asks for containers by their names needs a browser that was told of them. */
export function howToReach(pacUrl: string | null): Finding[] {
  if (pacUrl === null) return [];
  const message = "While it runs, a browser reaches the containers by their names through a proxy of this machine.";
  const hint = `Start it so: chromium --proxy-pac-url=${pacUrl}`;
  return [{ rule: "telemetryos.names", severity: "info", message, hint, place: null }];
}
