import { mapAt, stringAt } from "../../compose/project/json-value.ts";
import { dataStoreOf } from "../data-stores.ts";
import type { Report, Rule } from "../rule.ts";

export const networkRules: readonly Rule[] = [
  {
    id: "network.host-with-ports",
    severity: "warning",
    title: "`ports` mean nothing with the network of the host: every port of the service is open.",
    source: "https://docs.docker.com/engine/network/drivers/host/",
    *check({ services }): Iterable<Report> {
      for (const service of services) {
        if (!service.usesHostNetwork || service.ports.length === 0) continue;
        yield {
          place: service.place("ports"),
          message: `\`ports\` of \`${service.name}\` are discarded: with \`network_mode: host\` it listens on the device's own ports, all of them.`,
          hint: "Leave out `ports`, or leave out `network_mode: host`.",
        };
      }
    },
  },
  {
    id: "network.not-internal",
    severity: "off",
    title: "A database that publishes no port is on a network with a way out.",
    source: "https://docs.docker.com/reference/compose-file/networks/#internal",
    targets: ["docker", "balena", "particle"],
    *check({ services, project }): Iterable<Report> {
      for (const service of services) {
        const store = dataStoreOf(service.image);
        if (store === null || store.privatePorts.length === 0 || service.ports.length > 0) continue;
        const names = [...(mapAt(service.value, "networks")?.keys() ?? [])];
        const open = names.find((name) => mapAt(project.networks, name)?.get("internal") !== true);
        if (open === undefined) continue;
        yield {
          place: service.place("networks"),
          message: `\`${service.name}\` is on the network \`${open}\`, from which it reaches the Internet and every other service there.`,
          hint: "Give it a network of its own with `internal: true`, shared with the services that need it.",
        };
      }
    },
  },
  {
    id: "network.address-taken",
    severity: "error",
    title: "Two services ask for the same fixed address of a network.",
    source: "https://docs.docker.com/reference/compose-file/services/#ipv4_address-ipv6_address",
    *check({ services }): Iterable<Report> {
      const taken = new Map<string, string>();
      for (const service of services) {
        for (const [network, options] of mapAt(service.value, "networks") ?? []) {
          const address = options instanceof Map ? stringAt(options, "ipv4_address") : "";
          const other = taken.get(`${network} ${address}`);
          if (address === "") continue;
          taken.set(`${network} ${address}`, service.name);
          if (other === undefined) continue;
          yield {
            place: service.place("networks", network, "ipv4_address"),
            message: `\`${other}\` and \`${service.name}\` both ask for ${address} in \`${network}\`: the second one does not start.`,
            hint: "Give one of them another address, or none.",
          };
        }
      }
    },
  },
];
