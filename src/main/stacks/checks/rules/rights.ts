import { readFileSync, realpathSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { mapAt, stringAt } from "../../compose/project/json-value.ts";
import type { Report, Rule } from "../rule.ts";
import type { CheckedService } from "../subject.ts";

const attackSurface = "https://docs.docker.com/engine/security/#docker-daemon-attack-surface";

const engineSocket = /\/(?:docker|podman|containerd|balena|balena-engine|crio)\.sock$/;

const maxDockerfileBytes = 1024 * 1024;

/** The Dockerfile of a build in the folder of the stack; null when there is none to read. */
export function dockerfileOf(service: CheckedService, folder: string): string | null {
  const build = mapAt(service.value, "build");
  if (build === undefined) return null;
  const inline = stringAt(build, "dockerfile_inline");
  if (inline !== "") return inline;
  const file = resolve(join(stringAt(build, "context")), stringAt(build, "dockerfile") || "Dockerfile");
  try {
    // A file must not have others of this machine read for it.
    if (relative(realpathSync(folder), realpathSync(file)).startsWith("..")) return null;
    const stats = statSync(file);
    // What is no ordinary file, or a very long one, is not waited for.
    return stats.isFile() && stats.size <= maxDockerfileBytes ? readFileSync(file, "utf8") : null;
  } catch (error) {
    // A context that is fetched, or a folder that the build makes first: nothing is known about it.
    if (error instanceof Error && "code" in error) return null;
    throw error;
  }
}

/** The user of the last stage; null when it names none. */
function userOf(dockerfile: string): string | null {
  let user: string | null = null;
  for (const line of dockerfile.split("\n")) {
    if (/^\s*FROM\s/i.test(line)) user = null;
    user = /^\s*USER\s+(\S+)/i.exec(line)?.[1] ?? user;
  }
  return user;
}

function isRoot(user: string): boolean {
  return /^(?:root|0)(?::|$)/.test(user);
}

export const rightsRules: readonly Rule[] = [
  {
    id: "rights.root",
    severity: "info",
    title: "A service is told to run as root, or is built without a `USER`.",
    source: "https://docs.docker.com/build/building/best-practices/#user",
    *check({ services, project }): Iterable<Report> {
      for (const service of services) {
        const user = service.text("user");
        const hint = "Name a user: `user: 1000:1000` here, or `USER` in the Dockerfile.";
        if (user !== "") {
          if (!isRoot(user)) continue;
          yield { place: service.place("user"), message: `\`${service.name}\` runs as root, as \`user\` says.`, hint };
          continue;
        }
        // Only its Dockerfile tells: many images that begin as root give it up by themselves.
        const dockerfile = dockerfileOf(service, project.folder);
        if (dockerfile === null || !isRoot(userOf(dockerfile) ?? "root")) continue;
        yield {
          place: service.place("build"),
          message: `\`${service.name}\` runs as root: the last stage of its Dockerfile has no \`USER\`, and neither has the stack.`,
          hint,
        };
      }
    },
  },
  {
    id: "rights.privileged",
    severity: "warning",
    title: "A privileged service owns the device: every disk, every kernel setting.",
    source: "https://docs.docker.com/engine/containers/run/#runtime-privilege-and-linux-capabilities",
    *check({ services }): Iterable<Report> {
      for (const service of services) {
        if (service.value.get("privileged") !== true) continue;
        yield {
          place: service.place("privileged"),
          message: `\`${service.name}\` is privileged: whoever gets into it owns the device.`,
          hint: "Name what it needs instead: `devices` for hardware, `cap_add` for single rights.",
        };
      }
    },
  },
  {
    id: "rights.engine-socket",
    severity: "warning",
    title: "A service has the engine's socket, which is root on the device.",
    source: attackSurface,
    *check({ services }): Iterable<Report> {
      for (const service of services) {
        for (const [index, mount] of service.mounts.entries()) {
          if (stringAt(mount, "type") !== "bind" || !engineSocket.test(stringAt(mount, "source"))) continue;
          const only = mount.get("read_only") === true ? " Read-only does not help: requests can still be sent." : "";
          yield {
            place: service.place("volumes", index),
            message: `\`${service.name}\` has the engine's socket: it can start a container that owns the device.${only}`,
            hint: "Leave it out, or put a proxy between that lets through only the calls it needs.",
          };
        }
      }
    },
  },
];
