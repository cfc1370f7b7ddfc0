import { basename, dirname } from "node:path";
import type { Place } from "../../../../shared/domain/index.ts";
import { ModelProblem } from "../../compose/model-problem.ts";
import { boolNode, listNode, type ModelNode, mapNode, nullNode, textNode } from "../../compose/node.ts";
import type { Environment, ProjectRequest } from "../../compose/open-project.ts";
import { normalizeName } from "../../compose/project/project-name.ts";
import { composeDocument, ServiceDraft } from "../compose-model.ts";
import { type Findings, note } from "../fields.ts";
import { importedProject } from "../imported-project.ts";
import { applyFeatures } from "./features.ts";
import { labelsOf, setEnvironment } from "./service-parts.ts";

/** What balena makes of a project without a compose file. */
export function importDockerfile(
  file: string,
  text: string,
  environment: Environment,
  findings: Findings,
): ProjectRequest {
  const place: Place = { file, line: 1, column: 1 };
  const variable = text.split("\n").findIndex((line) => /%%\w+%%/.test(line));
  if (variable >= 0) {
    const line = text.split("\n")[variable] ?? "";
    const name = /%%\w+%%/.exec(line)?.[0] ?? "";
    const hint = "Write it out for one device type, for example raspberrypi4-64, in a file that is called Dockerfile.";
    const where: Place = { file, line: variable + 1, column: line.indexOf(name) + 1 };
    throw new ModelProblem(
      "balena.template",
      `${name} is known to balena's builder only: this cannot be built here.`,
      where,
      hint,
    );
  }
  const draft = new ServiceDraft("main", place);
  const at = (value: string) => textNode(value, place);
  draft.set(
    "build",
    mapNode(
      [
        ["context", at(dirname(file))],
        ["dockerfile", at(basename(file))],
      ],
      place,
    ),
  );
  draft.set("privileged", boolNode(true, place));
  draft.set("restart", at("always"));
  draft.set("network_mode", at("host"));
  draft.set("volumes", listNode([at("resin-data:/data")], place));
  for (const feature of ["kernel-modules", "firmware", "dbus", "supervisor-api", "balena-api"]) {
    draft.put("labels", `io.balena.features.${feature}`, at("1"));
  }
  note(
    findings,
    "dockerfile",
    draft.node(),
    "A Dockerfile alone is one service, `main`, with balena's defaults: privileged, on the host's network, /data kept.",
  );
  const volumes = new Map<string, ModelNode>([
    ["resin-data", nullNode(place)],
    ...applyFeatures(draft, labelsOf(draft), findings),
  ]);
  setEnvironment(draft, normalizeName(basename(dirname(file))));
  const document = composeDocument([draft], { volumes, networks: new Map() }, place);
  return importedProject(document, { file, folder: dirname(file), name: null, environment });
}
