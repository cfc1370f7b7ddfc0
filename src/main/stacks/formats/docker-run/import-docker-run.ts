import { dirname } from "node:path";
import { ModelProblem } from "../../compose/model-problem.ts";
import { listNode, type ModelNode, mapNode, nullNode } from "../../compose/node.ts";
import { composeDocument, type ServiceDraft } from "../compose-model.ts";
import type { Findings } from "../fields.ts";
import { importedProject } from "../imported-project.ts";
import type { ImportStack } from "../stack-source.ts";
import { WordFiller } from "./fill-words.ts";
import type { RunCommand } from "./options.ts";
import { Script } from "./script.ts";
import { serviceName, serviceOf } from "./service.ts";
import { readShell } from "./shell-words.ts";

/** `docker run` lines, alone or in a shell script: each is a service. */
export const importDockerRun: ImportStack = async ({ file, text }, environment, remark, onFile) => {
  const findings: Findings = { rules: "docker-run", problems: [], remark, onFile };
  const folder = dirname(file);
  const script = new Script(new WordFiller(folder, environment.HOME, findings), findings);
  for (const statement of readShell(file, text)) script.take(statement);
  const services = new Map<string, { command: RunCommand; draft: ServiceDraft }>();
  for (const command of script.commands) {
    const name = serviceName(command, services);
    if (name === null) continue;
    services.set(name, { command, draft: await serviceOf(command, name, folder, environment) });
  }
  for (const [, { command, draft }] of services) connect(command, draft, script, services);
  if (services.size === 0 && findings.problems.length === 0) {
    const hint = "Write for example: docker run -d --name broker -p 1883:1883 eclipse-mosquitto:2.0.18";
    throw new ModelProblem(
      "docker-run.no-services",
      "No `docker run` stands in this file.",
      { file, line: 1, column: 1 },
      hint,
    );
  }
  ModelProblem.throwFirst(findings.problems);
  const drafts = [...services.values()].map(({ draft }) => draft);
  const document = composeDocument(
    drafts,
    { volumes: script.volumes, networks: script.networks },
    { file, line: 1, column: 1 },
  );
  return importedProject(document, { file, folder, name: null, environment });
};

type Services = ReadonlyMap<string, { command: RunCommand; draft: ServiceDraft }>;

/** Networks and namespaces, once all services are known. */
function connect(command: RunCommand, draft: ServiceDraft, script: Script, services: Services): void {
  for (const [name, node] of command.volumes) {
    if (!script.volumes.has(name)) script.volumes.set(name, nullNode(node.place));
  }
  for (const key of ["pid", "ipc"] as const) draft.set(key, inService(draft.get(key), services));
  for (const network of command.networks) {
    const { name } = network;
    if (name.value === "host" || name.value === "none" || name.value.startsWith("container:")) {
      draft.set("network_mode", inService(name, services));
      continue;
    }
    const isDefault = name.value === "bridge" || name.value === "default";
    const key = isDefault ? "default" : name.value;
    if (!isDefault && !script.networks.has(key)) script.networks.set(key, nullNode(name.place));
    const aliases = [...network.aliases, ...command.networkAliases];
    const entries: [string, ModelNode][] = [];
    if (aliases.length > 0) entries.push(["aliases", listNode(aliases, name.place)]);
    if (network.address !== null) entries.push(["ipv4_address", network.address]);
    draft.put("networks", key, { ...mapNode(entries, name.place), keyPlace: name.keyPlace ?? name.place });
  }
}

/** `container:NAME` is `service:NAME` when the script runs that container. */
function inService(node: ModelNode | undefined, services: Services): ModelNode | null {
  if (node?.kind !== "text") return null;
  const name = node.value.startsWith("container:") ? node.value.slice("container:".length) : "";
  return services.has(name) ? { ...node, value: `service:${name}` } : node;
}
