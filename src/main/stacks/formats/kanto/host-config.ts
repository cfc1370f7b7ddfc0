import { boolNode, intNode, listNode, type ModelNode, mapNode, textNode } from "../../compose/node.ts";
import { inPlaceOf, type ServiceDraft, textFor } from "../compose-model.ts";
import { type Fields, type Findings, fail, warn } from "../fields.ts";
import { readSize } from "./size.ts";
import type { Spelling } from "./spelling.ts";

/** The parts that both dialects have in the same shape, under names of their own. */
export function readHostConfig(fields: Fields, draft: ServiceDraft, spelling: Spelling): void {
  const privileged = fields.flag("privileged");
  if (privileged)
    draft.set("privileged", inPlaceOf(fields.any("privileged") ?? fields.node, boolNode(true, draft.place)));
  const hasDevices = readDevices(fields, draft, spelling);
  const hasCapabilities = readCapabilities(fields, draft, spelling);
  if (privileged && (hasDevices || hasCapabilities)) {
    const message = `${fields.owner} is privileged and asks for devices or capabilities as well, which Kanto refuses.`;
    fail(
      fields.findings,
      "refused",
      fields.any("privileged") ?? fields.node,
      message,
      "A privileged container has all of them: leave the others out.",
    );
  }
  const isHost = readNetworkMode(fields, draft, spelling);
  readRestart(fields, draft, spelling);
  readHosts(fields, draft, spelling, isHost);
  readPorts(fields, draft, spelling, isHost);
  readResources(fields.below("resources"), draft, spelling);
}

/** An entry of a template that nobody filled in: Kanto refuses it, and it says nothing. */
function isUnfilled(row: Fields, what: string, ...keys: string[]): boolean {
  if (keys.every((key) => row.text(key) !== null)) return false;
  const hint = "Fill in both paths, or take the entry out.";
  warn(
    row.findings,
    "empty-entry",
    row.node,
    `This ${what} has an empty path: Kanto refuses it, here it is left out.`,
    hint,
  );
  return true;
}

const propagations = ["rprivate", "private", "rshared", "shared", "rslave", "slave"];

/** Folders of the device. Kanto knows no other mounts. */
export function readMounts(fields: Fields, draft: ServiceDraft, spelling: Spelling): void {
  for (const row of fields.rows(spelling.mountPoints)) {
    const propagation = row.text(spelling.propagation);
    if (isUnfilled(row, "mount", "source", "destination")) continue;
    const entries: [string, ModelNode][] = [["type", textNode("bind", row.node.place)]];
    for (const [key, from] of [
      ["source", "source"],
      ["target", "destination"],
    ] as const) {
      const text = row.text(from);
      if (text === null) continue;
      if (!text.value.startsWith("/"))
        fail(row.findings, "bad-path", text, `"${text.value.slice(0, 60)}" is no absolute path.`);
      entries.push([key, text]);
    }
    const options: [string, ModelNode][] = [["create_host_path", boolNode(true, row.node.place)]];
    const mode = propagation?.value.toLowerCase() ?? "rprivate";
    if (propagation !== null && !propagations.includes(mode)) {
      fail(
        row.findings,
        "bad-value",
        propagation,
        `"${propagation.value.slice(0, 40)}" is no propagation mode.`,
        `Kanto knows ${propagations.join(", ")}.`,
      );
    } else if (propagation !== null && mode !== "rprivate") {
      options.push(["propagation", textFor(propagation, mode)]);
      if (spelling.propagation === "propagationMode" && propagation.value !== mode.toUpperCase()) {
        const message = `Over MQTT Kanto takes "${propagation.value}" for RPRIVATE: it understands a propagation mode in upper case only.`;
        warn(row.findings, "lower-case-propagation", propagation, message, `Write ${mode.toUpperCase()}.`);
      }
    }
    entries.push(["bind", mapNode(options, row.node.place)]);
    draft.add("volumes", mapNode(entries, row.node.place));
    row.finish();
  }
}

function readDevices(fields: Fields, draft: ServiceDraft, spelling: Spelling): boolean {
  let hasAny = false;
  for (const row of fields.rows("devices")) {
    const inside = row.text(spelling.pathInContainer);
    const permissions = row.text(spelling.permissions);
    if (isUnfilled(row, "device", spelling.pathOnHost)) continue;
    const source = row.text(spelling.pathOnHost)?.value ?? "";
    if (permissions !== null && !/^[rwm]{1,3}$/.test(permissions.value)) {
      fail(
        row.findings,
        "bad-value",
        permissions,
        `"${permissions.value.slice(0, 20)}" are no permissions.`,
        "Use letters of rwm.",
      );
    }
    draft.add(
      "devices",
      textNode(`${source}:${inside?.value ?? source}:${permissions?.value ?? "rwm"}`, row.node.place),
    );
    hasAny = true;
    row.finish();
  }
  return hasAny;
}

function readCapabilities(fields: Fields, draft: ServiceDraft, spelling: Spelling): boolean {
  const capabilities = fields.texts(spelling.extraCapabilities);
  for (const capability of capabilities) draft.add("cap_add", capability);
  return capabilities.length > 0;
}

/** True for the host's network. */
function readNetworkMode(fields: Fields, draft: ServiceDraft, spelling: Spelling): boolean {
  const mode = fields.text(spelling.networkMode);
  const name = mode?.value.toLowerCase() ?? "bridge";
  if (mode === null || name === "bridge") return false;
  if (name === "host") draft.set("network_mode", textFor(mode, "host"));
  else
    fail(
      fields.findings,
      "bad-value",
      mode,
      `"${mode.value.slice(0, 40)}" is no network mode of Kanto.`,
      "Use bridge or host.",
    );
  return name === "host";
}

function readRestart(fields: Fields, draft: ServiceDraft, spelling: Spelling): void {
  const { findings } = fields;
  const policy = fields.below(spelling.restartPolicy);
  const type = policy.text("type");
  const retries = policy.whole(spelling.retries);
  const timeout = policy.whole(spelling.retryTimeout);
  policy.finish();
  const name = type?.value.toLowerCase().replaceAll("_", "-") ?? "unless-stopped";
  if (!["always", "no", "on-failure", "unless-stopped"].includes(name)) {
    fail(
      findings,
      "bad-value",
      type ?? policy.node,
      `"${name.slice(0, 40)}" is no restart policy of Kanto.`,
      "Use always, no, on-failure or unless-stopped.",
    );
    return;
  }
  const hasRetries = retries !== null && retries.value !== 0;
  if (hasRetries && (name !== "on-failure" || retries.value < 0)) {
    fail(
      findings,
      "refused",
      retries.node,
      `A count of retries stands beside "${name}": Kanto takes one with on-failure only.`,
      "Use 0, or on-failure.",
    );
  }
  draft.set(
    "restart",
    textFor(type ?? policy.node, hasRetries && name === "on-failure" ? `on-failure:${retries.value}` : name),
  );
  if (timeout === null || timeout.value === 0) return;
  if (spelling.retryTimeoutPerSecond > 1 && timeout.value < 1e6) {
    const message = `This waits ${timeout.value} nanoseconds before a new start: in this JSON the number counts nanoseconds, whatever Kanto's documentation says.`;
    warn(
      findings,
      "nanoseconds",
      timeout.node,
      message,
      `For ${timeout.value} seconds write ${timeout.value}000000000.`,
    );
  } else if (name === "on-failure") {
    warn(
      findings,
      "not-applied",
      timeout.node,
      "The time between two starts is not applied: the engine waits longer from start to start.",
    );
  }
}

/** `NAME:ADDRESS`, with two words of Kanto's own for an address. */
function readHosts(fields: Fields, draft: ServiceDraft, spelling: Spelling, isHost: boolean): void {
  for (const text of fields.texts(spelling.extraHosts)) {
    const [, name = "", address = ""] = /^([^:]+):(.+)$/.exec(text.value) ?? [];
    if (name === "") {
      fail(fields.findings, "bad-value", text, `"${text.value.slice(0, 60)}" is no NAME:ADDRESS.`);
    } else if (/^host_ip(_|$)/.test(address)) {
      if (isHost)
        fail(
          fields.findings,
          "refused",
          text,
          `Kanto refuses ${address} on the host's network.`,
          "Use localhost inside.",
        );
      draft.add("extra_hosts", textNode(`${name}=host-gateway`, text.place));
    } else if (!address.startsWith("container_")) {
      draft.add("extra_hosts", textNode(`${name}=${address}`, text.place));
    }
  }
}

/** The names by which a container reaches others of its bridge: `NAME:container_HOSTNAME`. */
export function containerHosts(
  fields: Fields,
  spelling: Spelling,
): { name: string; hostName: string; node: ModelNode }[] {
  return fields.texts(spelling.extraHosts).flatMap((node) => {
    const [, name, hostName] = /^([^:]+):container_(.+)$/.exec(node.value) ?? [];
    return name === undefined || hostName === undefined ? [] : [{ name, hostName, node }];
  });
}

function readPorts(fields: Fields, draft: ServiceDraft, spelling: Spelling, isHost: boolean): void {
  const rows = fields.rows(spelling.portMappings);
  if (isHost && rows.length > 0) {
    const message = "Kanto refuses port mappings on the host's network.";
    fail(
      fields.findings,
      "refused",
      fields.any(spelling.portMappings) ?? fields.node,
      message,
      "Take them out: every port is the host's.",
    );
  }
  for (const row of rows) readPort(row, draft, spelling);
}

function readPort(row: Fields, draft: ServiceDraft, spelling: Spelling): void {
  const protocol = row.text("proto");
  const address = row.text(spelling.hostAddress);
  const inside = row.whole(spelling.containerPort);
  const first = row.whole(spelling.hostPort);
  const last = row.whole(spelling.hostPortEnd);
  row.finish();
  for (const port of [inside, first, last]) {
    if (port !== null && (port.value < 0 || port.value > 65_535))
      fail(row.findings, "bad-value", port.node, `${port.value} is no port.`);
  }
  if (inside === null || inside.value === 0) {
    fail(row.findings, "bad-value", row.node, `A port mapping needs \`${spelling.containerPort}\`.`);
    return;
  }
  const name = protocol?.value.toLowerCase() ?? "tcp";
  if (name !== "tcp" && name !== "udp")
    fail(row.findings, "bad-value", protocol ?? row.node, `Kanto maps tcp and udp, not "${name.slice(0, 20)}".`);
  const start = first?.value ?? 0;
  const end = last === null || last.value === 0 ? start : last.value;
  if (end < start)
    fail(row.findings, "bad-value", last?.node ?? row.node, `The range of host ports ends before it begins.`);
  const { place } = row.node;
  const entries: [string, ModelNode][] = [["mode", textNode("ingress", place)]];
  if (address !== null && address.value !== "0.0.0.0") entries.push(["host_ip", address]);
  entries.push(["target", intNode(inside.value, place)]);
  if (start > 0) entries.push(["published", textNode(end > start ? `${start}-${end}` : String(start), place)]);
  entries.push(["protocol", textNode(name, place)]);
  draft.add("ports", mapNode(entries, place));
}

const leastMemoryBytes = 3 * 1024 ** 2;

function readResources(fields: Fields, draft: ServiceDraft, spelling: Spelling): void {
  const { findings } = fields;
  const memory = readSize(fields, "memory");
  const reservation = readSize(fields, spelling.reservation);
  const swap = fields.text(spelling.swap)?.value === "-1" ? null : readSize(fields, spelling.swap);
  const isUnlimited = fields.text(spelling.swap)?.value === "-1";
  fields.finish("Kanto has `memory`, its reservation and its swap, and no limit of CPU.");
  if (memory !== null && memory.bytes < leastMemoryBytes)
    fail(findings, "refused", memory.node, "Kanto refuses a memory limit below 3 MiB.");
  if (memory !== null && reservation !== null && reservation.bytes > memory.bytes) {
    fail(findings, "refused", reservation.node, "The reservation is above the limit of memory, which Kanto refuses.");
  }
  const swapNode = fields.any(spelling.swap);
  if (
    swapNode !== null &&
    (isUnlimited || swap !== null) &&
    (memory === null || (swap !== null && swap.bytes < memory.bytes))
  ) {
    fail(
      findings,
      "refused",
      swapNode,
      "Swap is memory and swap together: Kanto takes it with a limit of memory that is not above it.",
    );
  }
  const set = (key: string, size: { bytes: number; node: ModelNode } | null): void => {
    if (size !== null) draft.set(key, inPlaceOf(size.node, intNode(size.bytes, size.node.place)));
  };
  set("mem_limit", memory);
  set("mem_reservation", reservation);
  set("memswap_limit", swap);
  if (isUnlimited && swapNode !== null) draft.set("memswap_limit", inPlaceOf(swapNode, intNode(-1, swapNode.place)));
}

/** `NAME=value` of the environment; a name alone sets nothing. */
export function readEnvironment(fields: Fields, draft: ServiceDraft): void {
  for (const text of fields.texts("env")) {
    const [, name, value] = /^([a-zA-Z_][a-zA-Z0-9_]*)(?:=([\s\S]*))?$/.exec(text.value) ?? [];
    if (name === undefined) {
      fail(
        fields.findings,
        "bad-value",
        text,
        `Kanto takes no variable like "${text.value.split("=")[0]?.slice(0, 40)}".`,
        "Write NAME=value; names have letters, digits and underscores.",
      );
    } else if (value === undefined) {
      warn(
        fields.findings,
        "empty-entry",
        text,
        `The variable ${name} has no value, so it is not set.`,
        `Write ${name}=value.`,
      );
    } else {
      draft.put("environment", name, textNode(value, text.place));
    }
  }
}

/** The words that the container is started with, instead of the image's own. */
export function readCommand(fields: Fields, draft: ServiceDraft): void {
  const list = fields.listNode("cmd");
  if (list !== null) draft.set("command", inPlaceOf(list, listNode(fields.texts("cmd"), list.place)));
}

/** Log rotation as Compose's `logging`. */
export function setLogging(
  findings: Findings,
  draft: ServiceDraft,
  { type, files, size, at }: { type: string; files: number | null; size: string | null; at: ModelNode },
): void {
  const driver = type.toLowerCase().replaceAll("_", "-");
  if (driver !== "json-file" && driver !== "none") {
    fail(findings, "bad-value", at, `"${type.slice(0, 40)}" is no log type of Kanto.`, "Use json-file or none.");
    return;
  }
  const options: [string, ModelNode][] = [];
  if (driver === "json-file" && files !== null) options.push(["max-file", textNode(String(files), at.place)]);
  if (driver === "json-file" && size !== null) options.push(["max-size", textNode(size.toLowerCase(), at.place)]);
  const entries: [string, ModelNode][] = [["driver", textNode(driver, at.place)]];
  if (options.length > 0) entries.push(["options", mapNode(options, at.place)]);
  draft.set("logging", inPlaceOf(at, mapNode(entries, at.place)));
}
