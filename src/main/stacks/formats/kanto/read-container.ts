import { basename } from "node:path";
import { boolNode, keyOrPlace, type MapNode, type ModelNode, textAt } from "../../compose/node.ts";
import { inPlaceOf, ServiceDraft } from "../compose-model.ts";
import { Fields, type Findings, fail, warn } from "../fields.ts";
import { containerHosts, readHostConfig } from "./host-config.ts";
import { readMounts } from "./mounts.ts";
import { readCommand, readEnvironment, setLogging } from "./process.ts";
import { camelCase, type Spelling, snakeCase } from "./spelling.ts";

export interface KantoService {
  draft: ServiceDraft;
  /** What Kanto calls the container inside its network. */
  hostName: string;
  /** Names by which it asks for other containers. */
  asksFor: { name: string; hostName: string; node: ModelNode }[];
}

/** True for a value that is a container in one of Kanto's forms. */
export function isKantoContainer(root: ModelNode): boolean {
  if (root.kind !== "map") return false;
  const has = (key: string) => root.entries.has(key);
  const image = root.entries.get("image");
  return (
    (image?.kind === "map" && image.entries.has("name")) ||
    has("imageRef") ||
    (has("topic") && has("path") && has("value")) ||
    has("host_config") ||
    (has("networkMode") && has("restartPolicy"))
  );
}

/** Reads one container, in whichever form it stands; null when it is none. */
export function readKantoContainer(root: ModelNode, file: string, findings: Findings): KantoService | null {
  if (root.kind !== "map") return notOne(root, findings);
  if (root.entries.has("topic") || (root.entries.has("path") && root.entries.has("value")))
    return readEnvelope(root, file, findings);
  if (root.entries.has("imageRef")) return readRequest(root, file, findings);
  if (root.entries.has("image") || root.entries.has("container_name") || root.entries.has("host_config"))
    return readInternal(root, file, findings);
  if (root.entries.has("networkMode") || root.entries.has("restartPolicy") || root.entries.has("portMappings")) {
    const hint = 'Put it under `config` of {"imageRef": …, "config": …}, as createWithConfig takes it.';
    fail(findings, "no-image", root, "This is a configuration without the image that it belongs to.", hint);
    return null;
  }
  return notOne(root, findings);
}

function notOne(root: ModelNode, findings: Findings): null {
  const hint = "It has `image.name` and `host_config`, or `imageRef` and `config`.";
  fail(findings, "no-container", root, "This is no container of Kanto.", hint);
  return null;
}

/** The whole message, as it goes over MQTT. */
function readEnvelope(root: MapNode, file: string, findings: Findings): KantoService | null {
  const path = textAt(root, "path") ?? "";
  const operation = /\/inbox\/messages\/(create|createWithConfig)$/.exec(path)?.[1];
  const value = root.entries.get("value");
  if (operation === undefined || value?.kind !== "map") {
    const hint =
      "Its path ends in /inbox/messages/create or /inbox/messages/createWithConfig, and its value is an object.";
    fail(findings, "no-container", root.entries.get("path") ?? root, "This message creates no container.", hint);
    return null;
  }
  const topic = textAt(root, "topic") ?? "";
  if (topic !== "" && !topic.endsWith(`/things/live/messages/${operation}`)) {
    const message = `The topic does not end in /things/live/messages/${operation}, as the path does.`;
    warn(findings, "topic", root.entries.get("topic") ?? root, message);
  }
  return readRequest(value, file, findings);
}

/** The value of `create` and `createWithConfig`. */
function readRequest(root: MapNode, file: string, findings: Findings): KantoService | null {
  const fields = new Fields(root, "the request", findings);
  const name = fields.text("name");
  const image = fields.text("imageRef");
  const start = fields.any("start");
  const config = fields.below("config");
  fields.finish();
  if (start?.kind === "bool" && !start.value) {
    warn(findings, "not-applied", start, "`start` is false, so Kanto only creates the container; here it is started.");
  }
  const draft = begin(name, image, root, file, findings);
  if (draft === null) return null;
  const hostName = readNames(config, draft, camelCase);
  readMounts(config, draft, camelCase);
  readEnvironment(config, draft);
  readCommand(config, draft);
  readHostConfig(config, draft, camelCase);
  readTerminal(config, draft, camelCase);
  const log = config.below("log");
  const type = log.text("type");
  const files = log.whole("maxFiles");
  const size = log.text("maxSize");
  if (type !== null || files !== null || size !== null) {
    setLogging(findings, draft, {
      type: type?.value ?? "json-file",
      files: files?.value ?? null,
      size: size?.value ?? null,
      at: config.any("log") ?? root,
    });
  }
  log.ignored("maxBufferSize");
  readLogMode(log, findings);
  log.dropped({ rootDir: "logs are where the engine puts them" });
  log.finish();
  config.dropped({ decryption: "the image must be readable as it is" });
  const asksFor = containerHosts(config, camelCase);
  config.finish();
  return { draft, hostName, asksFor };
}

/** The JSON of `kanto-cm get`, of `kanto-cm create -f` and of the deployment folder. */
function readInternal(root: MapNode, file: string, findings: Findings): KantoService | null {
  const fields = new Fields(root, "the container", findings);
  const name = fields.text("container_name");
  const image = fields.below("image");
  const draft = begin(name, image.text("name"), root, file, findings);
  if (draft === null) return null;
  image.dropped({ decrypt_config: "the image must be readable as it is" });
  image.finish();
  const hostName = readNames(fields, draft, snakeCase);
  readMounts(fields, draft, snakeCase);
  const config = fields.below("config");
  readEnvironment(config, draft);
  readCommand(config, draft);
  config.finish("Kanto sets the environment and the command of a container, nothing else of it.");
  const streams = fields.below("io_config");
  readTerminal(streams, draft, snakeCase);
  streams.ignored("attach_stdin", "attach_stdout", "attach_stderr", "stdin_once");
  streams.finish();
  const host = fields.below("host_config");
  readHostConfig(host, draft, snakeCase);
  const runtime = host.text("runtime");
  if (runtime !== null && runtime.value !== "io.containerd.runc.v2") draft.set("runtime", runtime);
  readLog(host, draft, findings);
  const asksFor = containerHosts(host, snakeCase);
  host.finish("Kanto has no limit of CPU, no volumes, no health check and no user.");
  fields.dropped({ hooks: "the hook does not run" });
  // What the daemon tells of a container that it runs, and none of its definition.
  fields.ignored(
    "container_id",
    "network_settings",
    "state",
    "created",
    "restart_count",
    "manually_stopped",
    "started_successfully_before",
  );
  fields.finish();
  return { draft, hostName, asksFor };
}

const namePattern = /^[a-zA-Z0-9_][a-zA-Z0-9_.-]*$/;

function begin(
  name: ModelNode | null,
  image: ModelNode | null,
  root: MapNode,
  file: string,
  findings: Findings,
): ServiceDraft | null {
  const written = name?.kind === "text" ? name.value : null;
  if (name !== null && (written === null || !namePattern.test(written))) {
    fail(
      findings,
      "bad-name",
      name,
      `Kanto takes no container name like "${(written ?? "").slice(0, 60)}".`,
      "Use letters, digits, dots, dashes and underscores; none of dot and dash first.",
    );
    return null;
  }
  if (written !== null && written.length > 32) {
    warn(findings, "long-name", name ?? root, "The name has more than the 32 characters that kanto-cm takes.");
  }
  if (image?.kind !== "text") {
    fail(findings, "no-image", root, "The container has no image.");
    return null;
  }
  if (!/^(localhost|[^/]*[.:][^/]*)\//.test(image.value)) {
    const message = `Kanto needs the registry in the name of an image: it cannot pull "${image.value.slice(0, 60)}".`;
    warn(
      findings,
      "short-image",
      image,
      message,
      `Write ${image.value.includes("/") ? "docker.io/" : "docker.io/library/"}${image.value}.`,
    );
  }
  const draft = new ServiceDraft(written ?? nameOfFile(file), name === null ? keyOrPlace(image) : keyOrPlace(name));
  draft.set("image", image);
  return draft;
}

function nameOfFile(file: string): string {
  const name = basename(file)
    .replace(/\.json$/i, "")
    .replace(/[^a-zA-Z0-9_.-]/g, "-")
    .replace(/^[.-]+/, "");
  return name === "" ? "container" : name;
}

function readNames(fields: Fields, draft: ServiceDraft, spelling: Spelling): string {
  const hostName = fields.text(spelling.hostName);
  draft.set("hostname", hostName);
  const domain = fields.text(spelling.domainName);
  if (domain !== null && domain.value !== `${draft.name}-domain`) draft.set("domainname", domain);
  return hostName?.value ?? `${draft.name}-host`;
}

function readTerminal(fields: Fields, draft: ServiceDraft, spelling: Spelling): void {
  for (const [from, to] of [
    ["tty", "tty"],
    [spelling.openStdin, "stdin_open"],
  ] as const) {
    if (fields.flag(from)) draft.set(to, inPlaceOf(fields.any(from) ?? fields.node, boolNode(true, draft.place)));
  }
}

function readLog(host: Fields, draft: ServiceDraft, findings: Findings): void {
  const log = host.below("log_config");
  const driver = log.below("driver_config");
  const type = driver.text("type");
  const files = driver.whole("max_files");
  const size = driver.text("max_size");
  if (type !== null || files !== null || size !== null) {
    setLogging(findings, draft, {
      type: type?.value ?? "json-file",
      files: files?.value ?? null,
      size: size?.value ?? null,
      at: host.any("log_config") ?? host.node,
    });
  }
  driver.dropped({ root_dir: "logs are where the engine puts them" });
  driver.finish();
  const mode = log.below("mode_config");
  mode.ignored("max_buffer_size");
  readLogMode(mode, findings);
  mode.finish();
  log.finish();
}

/** The engine blocks as Kanto does unless told. */
function readLogMode(fields: Fields, findings: Findings): void {
  const mode = fields.text("mode");
  if (mode === null || mode.value.toLowerCase() === "blocking") return;
  warn(
    findings,
    "not-applied",
    mode,
    "The mode of the log is not applied: a container waits until its lines are written.",
  );
}
