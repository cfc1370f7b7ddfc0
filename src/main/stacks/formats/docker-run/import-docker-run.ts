import { dirname, resolve } from "node:path";
import { AppError } from "../../../../shared/domain/index.ts";
import { readSourceFile } from "../../compose/load/source-file.ts";
import { ModelProblem } from "../../compose/model-problem.ts";
import { boolNode, listNode, type ModelNode, mapNode, nullNode, type TextNode, textNode } from "../../compose/node.ts";
import type { Environment } from "../../compose/open-project.ts";
import { composeDocument, type ServiceDraft } from "../compose-model.ts";
import { type Findings, fail, note, warn } from "../fields.ts";
import { importedProject } from "../imported-project.ts";
import type { ImportStack } from "../stack-source.ts";
import { WordFiller } from "./fill-words.ts";
import type { RunCommand } from "./options.ts";
import { type EngineCommand, engineCommand, readRunCommand } from "./read-command.ts";
import { readShell, type Statement, type Word, wordText } from "./shell-words.ts";

/** More containers than this are no script that somebody wrote. */
const maxCommands = 200;

/** `docker run` lines, alone or in a shell script: each is a service. */
export const importDockerRun: ImportStack = async ({ file, text }, environment, remark) => {
  const findings: Findings = { rules: "docker-run", problems: [], remark };
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

const keywords = /^(?:if|then|elif|else|fi|for|while|until|do|done|case|esac|function|\{|\}|!)$/;
/** What changes nothing about what runs. */
const harmless = /^(?:set|echo|printf|sleep|true|:|wait|exit|shopt|trap|read|test|\[|\[\[)$/;

/** What a script says, command by command. */
class Script {
  readonly commands: RunCommand[] = [];
  readonly networks = new Map<string, ModelNode>();
  readonly volumes = new Map<string, ModelNode>();

  constructor(
    readonly filler: WordFiller,
    readonly findings: Findings,
  ) {}

  take({ words }: Statement): void {
    let from = 0;
    const first = words[0] === undefined ? "" : wordText(words[0]);
    if (keywords.test(first)) {
      if (/^(?:if|for|while|until|case|function)$/.test(first)) this.#remarkControlFlow(first, words);
      if (/^(?:for|case|function)$/.test(first)) return;
      from = 1;
    }
    const opener = words[from];
    if (opener !== undefined && /^(?:export|readonly|local|declare)$/.test(wordText(opener))) from += 1;
    for (let word = words[from]; word !== undefined && this.filler.assign(word); word = words[from]) from += 1;
    const rest = words.slice(from);
    const [name] = rest;
    if (name === undefined || harmless.test(wordText(name))) return;
    // Only what may be an engine's command is filled in: what another command uses is nobody's concern.
    const isEngine = engineCommand(rest.map((word) => textNode(wordText(word), word.place))) !== null;
    const command = isEngine ? engineCommand(rest.map((word) => this.filler.fill(word))) : null;
    if (command !== null) this.#takeCommand(command);
    else note(this.findings, "not-run", textNode("", name.place), `\`${wordText(name).slice(0, 60)}\` is not run.`);
  }

  #remarkControlFlow(keyword: string, [word]: readonly Word[]): void {
    if (word === undefined) return;
    const message = `\`${keyword}\` is not followed: what stands inside is read as if it ran once.`;
    warn(this.findings, "control-flow", textNode("", word.place), message);
  }

  #takeCommand(command: EngineCommand): void {
    const { verb, rest, at } = command;
    if (verb === "run" || verb === "create") {
      if (this.commands.length >= maxCommands) {
        throw new ModelProblem(
          "docker-run.too-large",
          `The script runs more than ${maxCommands} containers.`,
          at.place,
        );
      }
      const read = readRunCommand(rest, at, this.findings);
      if (read !== null) this.commands.push(read);
    } else if (verb === "network create") this.#createNetwork(rest, at);
    else if (verb === "volume create") {
      const name = rest.find(({ value }) => !value.startsWith("-"));
      if (name !== undefined) this.volumes.set(name.value, nullNode(name.place));
    } else if (
      !/^(?:pull|rm|stop|kill|start|restart|logs|ps|images|login|wait|inspect|network rm|volume rm|image pull)$/.test(
        verb,
      )
    ) {
      note(this.findings, "not-run", at, `\`docker ${verb.slice(0, 40)}\` is not run.`);
    }
  }

  #createNetwork(words: readonly TextNode[], at: TextNode): void {
    const entries: [string, ModelNode][] = [];
    let name: TextNode | null = null;
    for (let index = 0; index < words.length; index += 1) {
      const word = words[index];
      if (word === undefined) continue;
      const [, option = "", , given] = /^--?([a-z-]+)(=(.*))?$/.exec(word.value) ?? [];
      if (option === "internal") entries.push(["internal", boolNode(true, word.place)]);
      else if (option === "driver" || option === "d") {
        const driver = given === undefined ? (words[index + 1] ?? word) : { ...word, value: given };
        if (given === undefined) index += 1;
        if (driver.value !== "bridge") entries.push(["driver", driver]);
      } else if (/^(?:subnet|gateway|ip-range|opt|o|label|ipam-driver|ipam-opt|aux-address|scope)$/.test(option)) {
        if (given === undefined) index += 1;
        warn(this.findings, "not-applied", word, `\`--${option}\` of the network is not applied.`);
      } else if (option !== "")
        warn(this.findings, "not-applied", word, `\`${word.value.slice(0, 40)}\` of the network is not applied.`);
      else name = word;
    }
    if (name === null) fail(this.findings, "bad-value", at, "This network has no name.");
    else this.networks.set(name.value, { ...mapNode(entries, name.place), keyPlace: name.place });
  }
}

/** The name of the container, else of its image without registry and tag. */
function serviceName({ name, draft, findings }: RunCommand, taken: ReadonlyMap<string, unknown>): string | null {
  if (name !== null) {
    if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(name.value)) {
      fail(
        findings,
        "bad-name",
        name,
        `A container cannot be called "${name.value.slice(0, 60)}".`,
        "Use letters, digits, dots, dashes and underscores.",
      );
      return null;
    }
    if (!taken.has(name.value)) return name.value;
    fail(findings, "taken-twice", name, `Two containers are called ${name.value}.`, "Give each a name of its own.");
    return null;
  }
  const image = draft.get("image");
  const reference = image?.kind === "text" ? image.value : "";
  const base = (reference.split("/").at(-1) ?? "").split(/[:@]/)[0]?.replace(/[^a-zA-Z0-9_.-]/g, "") || "service";
  for (let count = 1; ; count += 1) {
    const free = count === 1 ? base : `${base}-${count}`;
    if (!taken.has(free)) return free;
  }
}

async function serviceOf(
  command: RunCommand,
  name: string,
  folder: string,
  environment: Environment,
): Promise<ServiceDraft> {
  const draft = command.draft.named(name);
  if (draft.get("restart") === undefined) draft.set("restart", textNode("no", draft.place));
  await setEnvironment(command, draft, folder, environment);
  setCpuQuota(command, draft);
  return draft;
}

/** Files first, then `-e`, whatever their order on the line. A name alone takes the value that it has where Bayplan runs. */
async function setEnvironment(
  command: RunCommand,
  draft: ServiceDraft,
  folder: string,
  environment: Environment,
): Promise<void> {
  const put = (text: string, node: TextNode): void => {
    const [, name = text, value = environment[text]] = /^([^=]+)=([\s\S]*)$/.exec(text) ?? [];
    if (value !== undefined) draft.put("environment", name, { ...node, value });
    else
      warn(
        command.findings,
        "variable",
        node,
        `The variable ${name.slice(0, 60)} has no value here, so it is not set.`,
        `Write ${name.slice(0, 60)}=value.`,
      );
  };
  for (const node of command.environmentFiles) {
    try {
      const { text } = await readSourceFile(resolve(folder, node.value), "file");
      // Docker takes a line as it is: no quotes, no variables.
      for (const line of text.split(/\r?\n/)) {
        if (line.trim() !== "" && !line.trimStart().startsWith("#")) put(line.trimStart(), node);
      }
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      fail(command.findings, "env-file", node, error.message, error.hint);
    }
  }
  for (const node of command.environment) put(node.value, node);
}

const defaultPeriod = 100_000;

/** A quota of a period is a number of cores. */
function setCpuQuota({ cpuQuota, cpuPeriod, findings }: RunCommand, draft: ServiceDraft): void {
  if (cpuQuota === null) {
    if (cpuPeriod !== null) draft.set("cpu_period", cpuPeriod);
    return;
  }
  const quota = Number(cpuQuota.value);
  const period = cpuPeriod === null ? defaultPeriod : Number(cpuPeriod.value);
  if (!Number.isInteger(quota) || !Number.isInteger(period) || period <= 0) {
    fail(findings, "bad-value", cpuQuota, "A CPU quota and its period are whole numbers of microseconds.");
  } else if (draft.get("cpus") !== undefined) {
    fail(findings, "bad-value", cpuQuota, "`--cpus` and `--cpu-quota` cannot stand together.", "Keep --cpus.");
  } else if (quota > 0) draft.set("cpus", { ...cpuQuota, value: String(quota / period) });
}

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
