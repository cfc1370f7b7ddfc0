import { basename, dirname } from "node:path";
import type { Place } from "../../../../shared/domain/index.ts";
import { ModelProblem } from "../../compose/model-problem.ts";
import { keyOrPlace, type MapNode, type ModelNode, textNode } from "../../compose/node.ts";
import { normalizeName } from "../../compose/project/project-name.ts";
import { readYaml } from "../../compose/read-yaml.ts";
import { composeDocument, ServiceDraft } from "../compose-model.ts";
import { type Findings, fail, note, warn } from "../fields.ts";
import { importedProject } from "../imported-project.ts";
import type { ImportStack } from "../stack-source.ts";
import { applyFeatures } from "./features.ts";
import { honouredKeys, meaningOfDropped } from "./honoured-keys.ts";
import { importDockerfile } from "./import-dockerfile.ts";
import { labelsOf, setEnvironment } from "./service-parts.ts";
import { isDockerfile } from "./signs.ts";

/** A balena project: its subset of Compose with its labels, or a Dockerfile alone. */
export const importBalena: ImportStack = async ({ file, text }, environment, remark) => {
  const findings: Findings = { rules: "balena", problems: [], remark };
  if (isDockerfile(basename(file))) return importDockerfile(file, environment, findings);
  const [document] = readYaml(file, text);
  const root = document?.root;
  const services = root?.kind === "map" ? root.entries.get("services") : undefined;
  const place: Place = { file, line: 1, column: 1 };
  if (root?.kind !== "map" || services?.kind !== "map") {
    const hint = "Begin the file with `services:`.";
    throw new ModelProblem("balena.no-services", "The file has no services.", root?.place ?? place, hint);
  }
  checkTopLevel(root, findings);
  const volumes = declaredIn(root, "volumes", findings);
  const project = normalizeName(basename(dirname(file)));
  const drafts = [...services.entries].flatMap(([name, node]) => {
    if (node.kind !== "map") {
      fail(findings, "wrong-type", node, `Service \`${name}\` must be a mapping.`);
      return [];
    }
    const draft = readService(name, node, findings);
    for (const [volume, at] of applyFeatures(draft, labelsOf(draft), findings)) volumes.set(volume, at);
    setEnvironment(draft, project);
    return [draft];
  });
  remarkEnvironment(root, findings);
  remarkVariables(root, findings);
  ModelProblem.throwFirst(findings.problems);
  const composed = composeDocument(drafts, { volumes, networks: declaredIn(root, "networks", findings) }, place);
  return importedProject(composed, { file, folder: dirname(file), name: null, environment });
};

function checkTopLevel(root: MapNode, findings: Findings): void {
  const version = root.entries.get("version");
  const text =
    version === undefined || version.kind === "map" || version.kind === "list" || version.kind === "null"
      ? ""
      : String(version.value);
  if (version !== undefined && !/^2(?:\.[0-4])?$/.test(text)) {
    warn(
      findings,
      "version",
      version,
      `balena reads the versions 2.1 to 2.4 of the format, not ${text.slice(0, 20)}.`,
      'Write version: "2.4".',
    );
  }
  for (const [key, node] of root.entries) {
    if (["version", "services", "volumes", "networks"].includes(key) || key.startsWith("x-")) continue;
    warn(findings, "dropped-key", node, `balena drops \`${key.slice(0, 60)}\`: it has services, volumes and networks.`);
  }
}

function declaredIn(root: MapNode, key: "volumes" | "networks", findings: Findings): Map<string, ModelNode> {
  const group = root.entries.get(key);
  if (group === undefined || group.kind === "null") return new Map();
  if (group.kind === "map") return new Map(group.entries);
  fail(findings, "wrong-type", group, `\`${key}\` must be a mapping.`);
  return new Map();
}

function readService(name: string, node: MapNode, findings: Findings): ServiceDraft {
  const draft = new ServiceDraft(name, keyOrPlace(node));
  for (const [key, value] of node.entries) {
    if (key === "volumes") readVolumes(draft, value, findings);
    else if (key === "mem_limit" || key === "mem_reservation") readMemory(draft, key, value, findings);
    else if (honouredKeys.has(key) || key.startsWith("x-")) draft.set(key, value);
    else
      warn(
        findings,
        "dropped-key",
        value,
        `balena drops \`${key.slice(0, 60)}\` of \`${name}\`: ${meaningOfDropped(key)}.`,
      );
  }
  if (draft.get("restart") === undefined) draft.set("restart", textNode("always", draft.place));
  return draft;
}

/** Named volumes in the short form; a folder of the device is mounted by a label or not at all. */
function readVolumes(draft: ServiceDraft, node: ModelNode, findings: Findings): void {
  for (const item of node.kind === "list" ? node.items : []) {
    const source = item.kind === "text" ? (item.value.split(":")[0] ?? "") : "";
    if (item.kind !== "text") {
      warn(findings, "dropped-volume", item, "balena drops this volume: it takes the short form NAME:TARGET only.");
    } else if (/^[./~$]/.test(source) && item.value.includes(":")) {
      const hint = "Use a named volume, or a label io.balena.features.…";
      warn(
        findings,
        "dropped-volume",
        item,
        `balena drops the bind of ${source.slice(0, 60)}: it mounts no folders of the device.`,
        hint,
      );
    } else draft.add("volumes", item);
  }
  if (node.kind !== "list") fail(findings, "wrong-type", node, `\`volumes\` of \`${draft.name}\` must be a list.`);
}

/** balena-supervisor's own pattern: what does not match is read as 0, which is no limit. */
function readMemory(draft: ServiceDraft, key: string, node: ModelNode, findings: Findings): void {
  const text = node.kind === "text" || node.kind === "int" || node.kind === "float" ? String(node.value) : "";
  if (/^[0-9]+[bkmg]?b?$/.test(text.toLowerCase())) {
    draft.set(key, node);
    return;
  }
  const message = `balena reads ${key} "${text.slice(0, 40)}" as no limit: it takes whole numbers.`;
  warn(findings, "memory-unlimited", node, message, "Write for example 1536m instead of 1.5g.");
}

function remarkEnvironment(node: ModelNode, findings: Findings): void {
  const message =
    "What balena says of a device (BALENA_DEVICE_UUID, _DEVICE_TYPE, _APP_ID, …) has stand-in values on this machine, and is not set on another.";
  note(findings, "environment", node, message, "Under `environment` a service gets values of its own.");
}

/** balena fills in no variables: `${TAG}` is a text to it, and here. */
function remarkVariables(node: ModelNode, findings: Findings): void {
  if (node.kind === "map") for (const value of node.entries.values()) remarkVariables(value, findings);
  else if (node.kind === "list") for (const item of node.items) remarkVariables(item, findings);
  else if (node.kind === "text" && /\$\{[A-Za-z_]/.test(node.value)) {
    warn(
      findings,
      "variable",
      node,
      `balena fills in no variables: "${node.value.slice(0, 60)}" stays as it is.`,
      "Write the value itself.",
    );
  }
}
