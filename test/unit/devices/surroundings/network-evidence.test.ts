import { expect, test } from "vitest";
import { hintOfSendFailure } from "../../../../src/main/devices/mdns/send-failure.ts";
import {
  networkEvidence,
  type OwnInterface,
  type Surroundings,
} from "../../../../src/main/devices/surroundings/network-evidence.ts";
import { readSurroundings } from "../../../../src/main/devices/surroundings/read-surroundings.ts";
import type { DiscoveryEvidence } from "../../../../src/shared/domain/index.ts";

const cable: OwnInterface = { name: "enp3s0", addresses: ["192.168.4.10/24"], isLan: true, isWireless: false };
const wifi: OwnInterface = { name: "wlp2s0", addresses: ["10.1.2.3/22"], isLan: true, isWireless: true };
const docker: OwnInterface = { name: "docker0", addresses: ["172.17.0.1/16"], isLan: false, isWireless: false };
const silence: DiscoveryEvidence[] = [{ source: "mdns wlp2s0", state: "nothing-heard", detail: "", hint: null }];
const answers: DiscoveryEvidence[] = [{ source: "mdns wlp2s0", state: "working", detail: "", hint: null }];

function around(change: Partial<Surroundings>, heard = silence) {
  return networkEvidence({ interfaces: [cable], isWsl: false, container: null, ...change }, heard);
}

test("the networks of this machine are named with their addresses", () => {
  expect(around({})).toEqual([{ source: "network", state: "working", detail: "enp3s0 192.168.4.10/24", hint: null }]);
});

test("no network, only loopback and only container networks are different, and each says what to do", () => {
  const [none] = around({ interfaces: [] });
  expect(none).toMatchObject({ state: "failed", detail: "only the loopback interface is up" });
  expect(none?.hint).toContain("Plug in a cable");
  expect(around({ interfaces: [docker] })[0]?.detail).toBe("only networks of containers are up: docker0");
  const [waiting] = around({ interfaces: [{ ...cable, addresses: [] }] });
  expect(waiting).toMatchObject({ state: "failed", detail: "enp3s0 without an address yet" });
  expect(waiting?.hint).toContain("DHCP");
});

test("a Wi-Fi is suspected of keeping its clients apart only while nobody answers over it", () => {
  expect(around({ interfaces: [wifi] }).map(({ source }) => source)).toEqual(["network", "wifi"]);
  expect(around({ interfaces: [wifi] }, answers).map(({ source }) => source)).toEqual(["network"]);
});

test("WSL and a container are said while nobody answers, with the way out", () => {
  expect(around({ isWsl: true })[1]).toMatchObject({ source: "system", state: "nothing-heard" });
  expect(around({ isWsl: true })[1]?.hint).toContain("networkingMode=mirrored");
  expect(around({ container: "a Docker container" })[1]?.hint).toContain("--network host");
  expect(around({ isWsl: true, container: "a Docker container" }, answers)).toHaveLength(1);
});

test("a refused send says who refuses it", () => {
  expect(hintOfSendFailure("send EHOSTUNREACH 224.0.0.251:5353", "darwin")).toContain("Local Network");
  expect(hintOfSendFailure("send EHOSTUNREACH 224.0.0.251:5353", "linux")).toContain("VPN");
  expect(hintOfSendFailure("send EPERM 224.0.0.251:5353", "linux")).toContain("firewall");
  expect(hintOfSendFailure("bind EADDRINUSE 0.0.0.0:5353", "win32")).toContain("5353");
});

test("this machine's own surroundings can be read", () => {
  const { interfaces } = readSurroundings();
  for (const { name } of interfaces) expect(name).not.toBe("lo");
});
