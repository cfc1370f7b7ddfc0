/** Compose's own labels, so that `docker compose` and every other tool groups what Bayplan starts. */
export const composeLabels = {
  project: "com.docker.compose.project",
  service: "com.docker.compose.service",
  number: "com.docker.compose.container-number",
  oneoff: "com.docker.compose.oneoff",
  configHash: "com.docker.compose.config-hash",
  configFiles: "com.docker.compose.project.config_files",
  workingFolder: "com.docker.compose.project.working_dir",
  image: "com.docker.compose.image",
  dependsOn: "com.docker.compose.depends_on",
  network: "com.docker.compose.network",
  volume: "com.docker.compose.volume",
} as const;

/** Who made a thing: `pid.ticks.boot`, as store/owner writes it. */
export const ownerLabel = "io.bayplan.owner";

/** The run that a thing was made for; what has it lives no longer than its owner. A stack that is `up` has none. */
export const runLabel = "io.bayplan.run";
