import { basename, dirname } from "node:path";
import type { Place } from "../../../../shared/domain/index.ts";
import { boolNode, listNode, type ModelNode, mapNode, nullNode, textNode } from "../../compose/node.ts";
import type { Environment, ProjectRequest } from "../../compose/open-project.ts";
import { normalizeName } from "../../compose/project/project-name.ts";
import { composeDocument, ServiceDraft } from "../compose-model.ts";
import { type Findings, note } from "../fields.ts";
import { importedProject } from "../imported-project.ts";
import { applyFeatures } from "./features.ts";
import { labelsOf, setEnvironment } from "./service-parts.ts";

/** What balena makes of a project without a compose file. */
export function importDockerfile(file: string, environment: Environment, findings: Findings): ProjectRequest {
  const place: Place = { file, line: 1, column: 1 };
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
