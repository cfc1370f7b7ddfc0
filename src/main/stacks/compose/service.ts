import type { Place, Service } from "../../../shared/domain/index.ts";
import { readBuild } from "./build.ts";
import { type PlacedDependency, readDependsOn } from "./depends-on.ts";
import { readEnvironment } from "./environment.ts";
import { type Fields, fieldsOf } from "./fields.ts";
import { readHealthcheck } from "./healthcheck.ts";
import { readLimits, refuseReplicas } from "./limits.ts";
import { type PlacedMount, readTmpfs, readVolumes } from "./mounts.ts";
import { readPorts } from "./ports.ts";
import { readRestart } from "./restart.ts";
import { type PlacedNetwork, plainNetworks, readServiceNetworks } from "./service-networks.ts";
import { readDurationMs, readFlag, readPairs, readText, readWhole, readWords } from "./values.ts";

/** A service with the nodes that its references stand at, for the checks that need the whole stack. */
export interface ReadService {
  service: Service;
  dependencies: PlacedDependency[];
  networks: PlacedNetwork[];
  mounts: PlacedMount[];
}

/** Reads one service; `place` is where its name stands. What is wrong with it becomes findings. */
export function readService(name: string, place: Place, fields: Fields): ReadService {
  const image = readText(fields, "image");
  const build = readBuild(fields);
  if (fields.get("image") === null && fields.get("build") === null) {
    const message = `The service \`${name}\` has neither an \`image\` nor a \`build\`.`;
    fields.reading.error("compose.no-image", place, message, "Name the image to run, or the folder to build it from.");
  }
  const dependencies = readDependsOn(fields);
  const networks = readServiceNetworks(fields);
  const mounts = [...readVolumes(fields), ...readTmpfs(fields)];
  const scale = readWhole(fields, "scale");
  const scaleNode = fields.get("scale");
  if (scale !== null && scale !== 1 && scaleNode !== null) refuseReplicas(fields, scaleNode, scale);
  const service: Service = {
    name,
    place,
    image,
    build,
    command: readWords(fields, "command"),
    entrypoint: readWords(fields, "entrypoint"),
    environment: readEnvironment(fields),
    labels: Object.fromEntries(readPairs(fields, "labels").map((label) => [label.name, label.value ?? ""])),
    ports: readPorts(fields),
    mounts: mounts.map(({ mount }) => mount),
    networks: plainNetworks(networks),
    dependsOn: dependencies.map(({ service: other, condition }) => ({ service: other, condition })),
    healthcheck: readHealthcheck(fields),
    restart: readRestart(fields),
    limits: readLimits(fields),
    containerName: readText(fields, "container_name"),
    hostName: readText(fields, "hostname"),
    user: readText(fields, "user"),
    workingFolder: readText(fields, "working_dir"),
    readOnly: readFlag(fields, "read_only", false),
    init: readFlag(fields, "init", false),
    stopSignal: readText(fields, "stop_signal"),
    stopGraceMs: readDurationMs(fields, "stop_grace_period"),
    ...readOwnKeys(fields),
  };
  fields.finish();
  return { service, dependencies, networks, mounts };
}

/** `x-bayplan` of a service: what only Bayplan needs to know. */
function readOwnKeys(fields: Fields): Pick<Service, "batch" | "load"> {
  const node = fields.get("x-bayplan");
  const own = node === null ? null : fieldsOf(fields.reading, node, `\`x-bayplan\` of ${fields.owner}`);
  if (own === null) return { batch: false, load: false };
  const result = { batch: readFlag(own, "batch", false), load: readFlag(own, "load", false) };
  own.finish();
  return result;
}
