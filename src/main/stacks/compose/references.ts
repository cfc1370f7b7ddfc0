import type { Stack } from "../../../shared/domain/index.ts";
import { findCycle } from "../order.ts";
import type { Reading } from "./reading.ts";
import type { ReadService } from "./service.ts";
import { defaultNetwork } from "./service-networks.ts";

/** Checks that need the whole stack: every name that a service refers to exists, and nothing waits for itself. */
export function checkReferences(
  reading: Reading,
  services: readonly ReadService[],
  top: Pick<Stack, "networks" | "volumes">,
): void {
  const names = new Set(services.map(({ service }) => service.name));
  const networks = new Set([defaultNetwork, ...top.networks.map(({ name }) => name)]);
  const volumes = new Set(top.volumes.map(({ name }) => name));
  for (const { service, dependencies, networks: joined, mounts } of services) {
    for (const { service: other, node, isRequired } of dependencies) {
      if (names.has(other)) continue;
      if (isRequired) undefinedName(reading, node.place, `\`${service.name}\` depends on \`${other}\``, "service");
      else service.dependsOn = service.dependsOn.filter((dependency) => dependency.service !== other);
    }
    for (const { name, node } of joined) {
      if (!networks.has(name))
        undefinedName(reading, node?.place ?? service.place, `\`${service.name}\` joins \`${name}\``, "network");
    }
    for (const { mount, node } of mounts) {
      if (mount.kind !== "volume" || mount.source === null || volumes.has(mount.source)) continue;
      undefinedName(reading, node.place, `\`${service.name}\` mounts \`${mount.source}\``, "volume");
    }
  }
  checkNames(reading, services);
  const cycle = findCycle(services.map(({ service }) => service));
  const first = services.find(({ service }) => service.name === cycle?.[0]);
  if (cycle !== null && first !== undefined) {
    const message = `These services wait for each other: ${cycle.join(" -> ")}.`;
    reading.error("compose.dependency-cycle", first.service.place, message, "Take one `depends_on` out of the circle.");
  }
}

type Place = ReadService["service"]["place"];

function undefinedName(reading: Reading, place: Place, what: string, kind: "service" | "network" | "volume"): void {
  const message = `${what}, but the file has no ${kind} of that name.`;
  const hint = kind === "service" ? null : `Add it under the top-level \`${kind}s\`.`;
  reading.error("compose.undefined-reference", place, message, hint);
}

/** Two services cannot have one container name or one port of the host. */
function checkNames(reading: Reading, services: readonly ReadService[]): void {
  const taken = new Map<string, string>();
  for (const { service } of services) {
    const ports = service.ports.filter(({ hostPort }) => hostPort !== null);
    const claims = [
      ...(service.containerName === null ? [] : [`the container name ${service.containerName}`]),
      ...new Set(ports.map((port) => `the port ${port.hostAddress ?? ""}:${port.hostPort}/${port.protocol}`)),
    ];
    for (const claim of claims) {
      const other = taken.get(claim);
      if (other === undefined) taken.set(claim, service.name);
      else
        reading.error(
          "compose.taken-twice",
          service.place,
          `\`${service.name}\` and \`${other}\` both ask for ${claim}.`,
        );
    }
  }
}
