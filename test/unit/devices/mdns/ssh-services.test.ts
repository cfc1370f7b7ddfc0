import { expect, test } from "vitest";
import type { DnsRecord } from "../../../../src/main/devices/mdns/dns-message.ts";
import { RecordCache } from "../../../../src/main/devices/mdns/record-cache.ts";
import { resolveSshServices } from "../../../../src/main/devices/mdns/ssh-services.ts";

function resolve(records: readonly DnsRecord[]) {
  const cache = new RecordCache(() => 0);
  for (const record of records) cache.add(record, 0, "10.0.0.5");
  return resolveSshServices(cache, "eth0", 7);
}

const base = { ttlSeconds: 120, flush: false };

function ptr(type: string, instance: string): DnsRecord {
  return { ...base, type: "PTR", name: `${type}.local`, target: `${instance}.local` };
}
function srv(instance: string, port: number, host: string): DnsRecord {
  return { ...base, type: "SRV", name: `${instance}.local`, port, target: `${host}.local` };
}
function a(host: string, address: string): DnsRecord {
  return { ...base, type: "A", name: `${host}.local`, address };
}
function aaaa(host: string, address: string): DnsRecord {
  return { ...base, type: "AAAA", name: `${host}.local`, address };
}

test("a service with all its records is a sighting; a link-local address carries its interface", () => {
  const { sightings, missing } = resolve([
    ptr("_ssh._tcp", "press._ssh._tcp"),
    srv("press._ssh._tcp", 2222, "press"),
    aaaa("press", "fe80::1"),
    a("press", "10.0.0.5"),
    aaaa("press", "fd00::5"),
  ]);
  expect(missing).toEqual([]);
  expect(sightings).toEqual([
    {
      key: "mdns:press._ssh._tcp.local%eth0",
      source: "mdns",
      ssh: true,
      user: null,
      name: "press",
      hostName: "press",
      addresses: ["10.0.0.5", "fd00::5", "fe80::1%eth0"],
      port: 2222,
      interfaceName: "eth0",
      balena: false,
      services: ["_ssh._tcp"],
      announcedModel: null,
      seenAtMs: 7,
    },
  ]);
});

test("what did not come along is named, so that it can be asked for", () => {
  expect(resolve([ptr("_ssh._tcp", "press._ssh._tcp")])).toEqual({
    sightings: [],
    missing: [{ name: "press._ssh._tcp.local", type: "SRV" }],
  });
  expect(resolve([ptr("_ssh._tcp", "press._ssh._tcp"), srv("press._ssh._tcp", 22, "press")])).toEqual({
    sightings: [],
    missing: [
      { name: "press.local", type: "A" },
      { name: "press.local", type: "AAAA" },
    ],
  });
});

test("balena's subtype marks the device and does not double it", () => {
  const { sightings } = resolve([
    ptr("_ssh._tcp", "4f21._ssh._tcp"),
    ptr("_resin-device._sub._ssh._tcp", "4f21._ssh._tcp"),
    srv("4f21._ssh._tcp", 22222, "4f21"),
    a("4f21", "10.0.0.6"),
  ]);
  expect(sightings).toMatchObject([{ name: "4f21", port: 22222, balena: true }]);
});

function txt(instance: string, ...entries: string[]): DnsRecord {
  return { ...base, type: "TXT", name: `${instance}.local`, entries };
}

test("a workstation alone is a machine that is there, not one with SSH; beside an SSH service it is a part of that machine", () => {
  const workstation = [
    ptr("_workstation._tcp", "press [02:ba:71:a0:00:01]._workstation._tcp"),
    srv("press [02:ba:71:a0:00:01]._workstation._tcp", 9, "press"),
    a("press", "10.0.0.5"),
  ];
  expect(resolve(workstation).sightings).toMatchObject([
    { key: "mdns:press.local%eth0", name: "press", ssh: false, services: ["_workstation._tcp"] },
  ]);
  const both = resolve([...workstation, ptr("_ssh._tcp", "press._ssh._tcp"), srv("press._ssh._tcp", 2222, "press")]);
  expect(both.sightings).toMatchObject([
    { key: "mdns:press._ssh._tcp.local%eth0", port: 2222, ssh: true, services: ["_ssh._tcp", "_workstation._tcp"] },
  ]);
  expect(both.sightings).toHaveLength(1);
});

test("a broker, a printer and a model are hints: a machine each, with what it announces", () => {
  const { sightings, missing } = resolve([
    ptr("_mqtt._tcp", "line broker._mqtt._tcp"),
    srv("line broker._mqtt._tcp", 1883, "gateway"),
    a("gateway", "10.0.0.7"),
    ptr("_ipp._tcp", "HP LaserJet 3rd floor._ipp._tcp"),
    srv("HP LaserJet 3rd floor._ipp._tcp", 631, "hp3"),
    a("hp3", "10.0.0.8"),
    ptr("_ssh._tcp", "studio._ssh._tcp"),
    srv("studio._ssh._tcp", 22, "studio"),
    a("studio", "10.0.0.9"),
    ptr("_device-info._tcp", "studio._device-info._tcp"),
    txt("studio._device-info._tcp", "icon=3", "model=MacBookPro18,3\u001b[31m"),
  ]);
  expect(missing).toEqual([]);
  expect(sightings).toMatchObject([
    { name: "studio", ssh: true, services: ["_ssh._tcp"], announcedModel: "MacBookPro18,3[31m" },
    { name: "gateway", ssh: false, services: ["_mqtt._tcp"], addresses: ["10.0.0.7"] },
    { name: "HP LaserJet 3rd floor", hostName: "hp3", ssh: false, services: ["_ipp._tcp"] },
  ]);
});

test("a model that comes without its text is asked for, and its place is not", () => {
  expect(resolve([ptr("_device-info._tcp", "nas._device-info._tcp")])).toEqual({
    sightings: [],
    missing: [{ name: "nas._device-info._tcp.local", type: "TXT" }],
  });
});

test("an SFTP service counts where there is no SSH service, on its own port", () => {
  const { sightings } = resolve([
    ptr("_sftp-ssh._tcp", "nas._sftp-ssh._tcp"),
    srv("nas._sftp-ssh._tcp", 2022, "nas"),
    a("nas", "10.0.0.9"),
  ]);
  expect(sightings).toMatchObject([{ name: "nas", port: 2022 }]);
});

test("two SSH servers of one host are two sightings", () => {
  const { sightings } = resolve([
    ptr("_ssh._tcp", "press._ssh._tcp"),
    srv("press._ssh._tcp", 22, "press"),
    ptr("_ssh._tcp", "press box._ssh._tcp"),
    srv("press box._ssh._tcp", 2222, "press"),
    a("press", "10.0.0.5"),
  ]);
  expect(sightings.map((one) => one.port).sort()).toEqual([22, 2222]);
});
