import type { StackFormat } from "../../../shared/domain/index.ts";
import { importBalena } from "./balena/import-balena.ts";
import { importDockerRun } from "./docker-run/import-docker-run.ts";
import { importCompose } from "./import-compose.ts";
import { importKanto } from "./kanto/import-kanto.ts";
import { importParticle } from "./particle/import-particle.ts";
import type { ImportStack } from "./stack-source.ts";
import { importTelemetryos } from "./telemetryos/import-telemetryos.ts";

/** Who reads which format. Each gives compose files, or documents in their place: from there on there is one way to a stack. */
export const importers: Readonly<Record<StackFormat, ImportStack>> = {
  compose: importCompose,
  balena: importBalena,
  particle: importParticle,
  telemetryos: importTelemetryos,
  kanto: importKanto,
  "docker-run": importDockerRun,
};
