import { boolNode, type ModelNode, textNode } from "../../compose/node.ts";
import { inPlaceOf, type ServiceDraft, textFor } from "../compose-model.ts";
import { type Fields, fail, warn } from "../fields.ts";
import { readDevices } from "./mounts.ts";
import { readPorts } from "./ports.ts";
import { readResources } from "./resources.ts";
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
