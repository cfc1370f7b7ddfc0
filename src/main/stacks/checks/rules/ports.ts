import { type JsonMap, stringAt } from "../../compose/project/json-value.ts";
import { dataStoreOf } from "../data-stores.ts";
import type { Change, Report, Rule } from "../rule.ts";
import type { CheckedService, CheckSubject } from "../subject.ts";
import { writtenAt } from "../subject.ts";

const publishing = "https://docs.docker.com/engine/network/port-publishing/";

interface Published {
  service: CheckedService;
  index: number;
  port: JsonMap;
  first: number;
  last: number;
  address: string;
  protocol: string;
}

/** Published ports with a number; a free one that the engine picks conflicts with none. */
function* published({ services }: CheckSubject): Iterable<Published> {
  for (const service of services) {
    if (service.usesHostNetwork) continue;
    for (const [index, port] of service.ports.entries()) {
      const [first = "", last = first] = stringAt(port, "published").split("-");
      if (first === "" || first === "0") continue;
      const address = stringAt(port, "host_ip");
      yield {
        service,
        index,
        port,
        first: Number(first),
        last: Number(last),
        address: address === "0.0.0.0" || address === "::" ? "" : address,
        protocol: stringAt(port, "protocol") || "tcp",
      };
    }
  }
}

function isRange({ first, last }: Published): boolean {
  return last !== first;
}

/** Ports that were published so far, by number and protocol, then by address. */
class TakenPorts {
  readonly #taken = new Map<string, Map<string, Published>>();

  /** Takes a port; gives the one that has it already, at the same address or at all of them. */
  take(port: Published): Published | undefined {
    const key = `${port.first}/${port.protocol}`;
    const addresses = this.#taken.get(key) ?? new Map<string, Published>();
    this.#taken.set(key, addresses);
    const anyone = port.address === "" ? addresses.values().next().value : undefined;
    const other = addresses.get(port.address) ?? addresses.get("") ?? anyone;
    if (!addresses.has(port.address)) addresses.set(port.address, port);
    return other;
  }
}

function owner({ service }: Published): string {
  return `\`${service.name}\``;
}

/** `"6379:6379"` with 127.0.0.1 in front, for a port that is written in its short form as a text. */
function onlyHere(subject: CheckSubject, { service, index, port }: Published): Change[] {
  const place = service.place("ports", index);
  const was = /^(["']?)((?:\d+:)\d+(?:\/[a-z]+)?)\1\s*(?:#.*|[,\]].*)?$/.exec(writtenAt(subject, place).trimEnd())?.[2];
  if (was === undefined || stringAt(port, "host_ip") !== "") return [];
  const path = ["services", service.name, "ports"];
  return [{ kind: "replace", path, place, was, now: `127.0.0.1:${was}` }];
}

/** Ports that the device itself listens on. */
const ownPorts: Readonly<Record<CheckSubject["target"], Readonly<Record<number, string>>>> = {
  docker: { 22: "SSH" },
  particle: { 22: "SSH" },
  kanto: { 22: "SSH" },
  telemetryos: {},
  balena: { 22222: "SSH of the host", 48484: "the supervisor" },
};

export const portRules: readonly Rule[] = [
  {
    id: "ports.conflict",
    severity: "error",
    title: "Two services publish the same port: the second one does not start.",
    source: publishing,
    *check(subject): Iterable<Report> {
      const taken = new TakenPorts();
      for (const port of published(subject)) {
        // A range behind one container port is a choice: the engine takes one that is free.
        const other = isRange(port) ? undefined : taken.take(port);
        if (other === undefined) continue;
        const what = `port ${port.first}/${port.protocol}`;
        yield {
          place: port.service.place("ports", port.index),
          message:
            other.service === port.service
              ? `${owner(port)} publishes ${what} twice: it does not start.`
              : `${owner(other)} and ${owner(port)} both publish ${what}: one of them does not start.`,
          hint: "Give one of them another number on the left of the colon.",
        };
      }
    },
  },
  {
    id: "ports.taken-by-device",
    severity: "warning",
    title: "A published port is one that the device itself listens on.",
    source: "balena-os/meta-balena ssh.socket, balena-os/balena-supervisor docs/API.md; sshd(8)",
    *check(subject): Iterable<Report> {
      for (const port of published(subject)) {
        const user = ownPorts[subject.target][port.first];
        if (user === undefined || isRange(port) || port.protocol !== "tcp") continue;
        yield {
          place: port.service.place("ports", port.index),
          message: `Port ${port.first} of a device is that of ${user}: ${owner(port)} does not start beside it.`,
          hint: "Publish another number.",
        };
      }
    },
  },
  {
    id: "ports.data-store-open",
    severity: "warning",
    title: "A database is published to the whole network, past the firewall of the device.",
    source: "https://docs.docker.com/engine/network/packet-filtering-firewalls/",
    mends: "publishes a short form at 127.0.0.1",
    targets: ["docker", "balena", "particle"],
    *check(subject): Iterable<Report> {
      for (const port of published(subject)) {
        const store = dataStoreOf(port.service.image);
        if (port.address !== "" || !store?.privatePorts.includes(Number(port.port.get("target")))) continue;
        const fix = onlyHere(subject, port);
        yield {
          place: port.service.place("ports", port.index),
          message: `Port ${port.first} of ${owner(port)} is open to everybody on the network, whatever the device's firewall says.`,
          hint: "Leave it out, since services reach each other by name, or publish it at 127.0.0.1.",
          ...(fix.length > 0 && { fix }),
        };
      }
    },
  },
  {
    id: "ports.all-addresses",
    severity: "info",
    title: "A port is published on every address of the device, past its firewall.",
    source: "https://docs.docker.com/engine/network/packet-filtering-firewalls/",
    targets: ["docker", "particle"],
    *check(subject): Iterable<Report> {
      for (const port of published(subject)) {
        const store = dataStoreOf(port.service.image);
        if (port.address !== "" || store?.privatePorts.includes(Number(port.port.get("target")))) continue;
        yield {
          place: port.service.place("ports", port.index),
          message: `Port ${port.first} of ${owner(port)} is published on every address of the device; ufw and firewalld do not hold it back.`,
          hint: "When only the device itself needs it, publish it at 127.0.0.1.",
        };
      }
    },
  },
];
