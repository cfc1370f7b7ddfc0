import type { ExportFormat, StackFormat } from "../../shared/domain/index.ts";

/** What people call the formats of a stack. */
export const formatNames: Record<StackFormat, string> = {
  compose: "Compose",
  balena: "balena",
  particle: "Particle",
  telemetryos: "TelemetryOS",
  kanto: "Kanto",
  "docker-run": "docker run",
};

/** What people call the formats that a stack can be written in. */
export const exportNames: Record<ExportFormat, string> = {
  compose: "Compose",
  kanto: "Kanto JSON",
  "kanto-ditto": "Kanto Ditto",
};
