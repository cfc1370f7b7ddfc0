import { existsSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { isOutside } from "../../compose/load/outside-folder.ts";
import { readSourceFile } from "../../compose/load/source-file.ts";
import { ModelProblem } from "../../compose/model-problem.ts";
import { at, keyOrPlace, type ModelNode, textAt } from "../../compose/node.ts";
import { normalizeName } from "../../compose/project/project-name.ts";
import { readYaml } from "../../compose/read-yaml.ts";
import { type Findings, note, warn } from "../fields.ts";
import type { ImportStack, StackSource } from "../stack-source.ts";

export const blueprintFile = "blueprint.yaml";
/** What the Particle tools leave beside a blueprint: the device, and the instance that names of apps end in. */
const instanceFile = ".particle_env.yaml";

/** The names that the Particle tools look for; the others are Compose's own. */
const composeNames = ["docker-compose.yaml", "docker-compose.yml"];
const otherNames = ["compose.yaml", "compose.yml"];

/**
 * The compose file of a Particle project: below the folder that `containers` of the blueprint names, or beside it.
 * @throws ModelProblem when the blueprint is none; AppError when there is no compose file.
 */
export async function findParticleFile(blueprint: string): Promise<StackSource> {
  const { text } = await readSourceFile(blueprint, "file");
  const [document] = readYaml(blueprint, text);
  const containers = textAt(document?.root, "containers");
  const folder = containers === undefined ? dirname(blueprint) : resolve(dirname(blueprint), containers);
  const name = [...composeNames, ...otherNames].find((candidate) => existsSync(join(folder, candidate)));
  return { ...(await readSourceFile(name === undefined ? folder : join(folder, name))), isFound: true, blueprint };
}

/** A Particle app: plain Compose under the name that the Particle tools give it. */
export const importParticle: ImportStack = async ({ file, blueprint: named }, environment, remark, onFile) => {
  const findings: Findings = { rules: "particle", problems: [], remark, onFile };
  const beside = [dirname(file), dirname(dirname(file))].map((folder) => join(folder, blueprintFile));
  const blueprint = named ?? beside.find((path) => existsSync(path));
  const start = { place: { file, line: 1, column: 1 }, kind: "null" } as const;
  let app = basename(dirname(file));
  let instance: string | null = null;
  if (blueprint !== undefined) {
    onFile?.({ path: blueprint, role: "blueprint", namedAt: null, missing: false });
    const [document] = readYaml(blueprint, (await readSourceFile(blueprint, "file")).text);
    const containers = textAt(document?.root, "containers");
    if (containers !== undefined) app = basename(resolve(dirname(blueprint), containers));
    remarkBlueprint(document?.root, findings);
    instance = await instanceOf(dirname(blueprint));
  }
  if (otherNames.includes(basename(file))) {
    warn(
      findings,
      "file-name",
      start,
      `The Particle tools look for ${composeNames.join(" or ")}, not for ${basename(file)}.`,
      "Rename it.",
    );
  }
  if (blueprint !== undefined && (await isOutside(dirname(blueprint), file))) {
    const hint = "Move it into that folder: the Particle tools take the project as one.";
    note(findings, "outside-project", start, `${file} is outside the folder of ${blueprint}.`, hint);
  }
  const [compose] = readYaml(file, (await readSourceFile(file, "file")).text);
  remarkBuilds(compose?.root, findings);
  const name = normalizeName(instance === null ? app : `${app}_${instance}`);
  if (instance === null)
    note(findings, "instance", start, `On a device this app is called ${name}_ and six more signs.`);
  return { files: [file], folder: null, name: name === "" ? null : name, profiles: null, envFiles: null, environment };
};

function remarkBlueprint(root: ModelNode | undefined, findings: Findings): void {
  if (root?.kind !== "map") return;
  const containers = root.entries.get("containers");
  if (containers === undefined) {
    note(findings, "no-containers", root, "The blueprint names no `containers`: the compose file beside it is read.");
  } else if (containers.kind !== "text") {
    throw new ModelProblem(
      "particle.wrong-type",
      "`containers` of a blueprint names a folder.",
      keyOrPlace(containers),
    );
  }
}

async function instanceOf(folder: string): Promise<string | null> {
  const file = join(folder, instanceFile);
  if (!existsSync(file)) return null;
  const [document] = readYaml(file, (await readSourceFile(file, "file")).text);
  return textAt(document?.root, "instance") ?? null;
}

/** The Particle tools build what `build` says as a text, and pass over a mapping. */
function remarkBuilds(root: ModelNode | undefined, findings: Findings): void {
  const services = at(root, "services");
  for (const [name, service] of services?.kind === "map" ? services.entries : []) {
    const build = at(service, "build");
    if (build?.kind !== "map") continue;
    const message = `\`particle container push\` does not build \`${name}\`: it takes \`build\` as a text only.`;
    warn(findings, "object-build", build, message, "Write build: FOLDER, with a Dockerfile in that folder.");
  }
}
