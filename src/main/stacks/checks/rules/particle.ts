import { at } from "../../compose/node.ts";
import type { Report, Rule } from "../rule.ts";

export const particleRules: readonly Rule[] = [
  {
    id: "particle.build-form",
    severity: "error",
    title: "`particle container push` builds only a `build` that is a plain path.",
    source: "particle-iot/particle-cli src/cmd/container.js",
    targets: ["particle"],
    *check({ services }): Iterable<Report> {
      for (const service of services) {
        const build = at(service.node, "build");
        // In the short form the path itself is the value of `build`, and has no key of its own.
        const isPath = at(build, "context")?.keyPlace?.column === build?.keyPlace?.column;
        if (!service.wrote("build") || isPath) continue;
        yield {
          place: service.place("build"),
          message: `\`build\` of \`${service.name}\` is a mapping, which \`particle container push\` does not build: the device gets no image.`,
          hint: "Write `build: ./FOLDER`, with a file named Dockerfile in it.",
        };
      }
    },
  },
  {
    id: "particle.bind-mount",
    severity: "warning",
    title: "Only images and the compose file reach the device: a folder beside the stack is empty there.",
    source: "particle-iot/particle-cli src/cmd/container.js",
    targets: ["particle"],
    *check({ services, project }): Iterable<Report> {
      for (const service of services) {
        for (const [index, mount] of service.mounts.entries()) {
          const source = mount.get("source");
          if (mount.get("type") !== "bind" || typeof source !== "string") continue;
          if (!source.startsWith(`${project.folder}/`) && source !== project.folder) continue;
          yield {
            place: service.place("volumes", index),
            message: `\`particle container push\` sends no files: this folder is empty for \`${service.name}\` on the device.`,
            hint: "Copy the files in the Dockerfile.",
          };
        }
      }
    },
  },
];
