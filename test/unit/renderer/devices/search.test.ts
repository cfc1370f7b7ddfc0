import { describe, expect, test } from "vitest";
import { parseSearch } from "../../../../src/renderer/devices/search-request.ts";
import { applyProbeUpdate, noSearch } from "../../../../src/renderer/devices/search-store.ts";
import { deviceFamilyText, deviceKind, deviceModelText } from "../../../../src/renderer/format/device-state.ts";
import { evidenceTitle } from "../../../../src/renderer/format/evidence.ts";
import { servicesText } from "../../../../src/renderer/format/service.ts";
import type { ProbeCounts, ProbePlan } from "../../../../src/shared/domain/index.ts";
import { portsText, probePlanText, probeResultText, probeSeconds } from "../../../../src/shared/format/index.ts";
import { aDevice, someFacts } from "../samples.ts";

const counts: ProbeCounts = {
  addresses: 254,
  asked: 254,
  ssh: 0,
  otherService: 0,
  refused: 0,
  silent: 254,
  unreachable: 0,
  denied: 0,
};
const plan: ProbePlan = {
  subnets: [{ cidr: "192.168.4.0/24", interfaceName: "eth0", addresses: 254, partOf: null }],
  ports: [22, 22222],
};
const banner = "SSH-2.0-OpenSSH_9.2p1";

describe("what a person asks for", () => {
  test("nothing written is this machine's networks and the usual ports", () => {
    expect(parseSearch(" ", "")).toEqual({ ok: true, request: { subnets: null, ports: [22, 22222] } });
  });
  test("several networks and ports, each once", () => {
    expect(parseSearch("10.0.0.0/24, 10.0.1.7", "2222 22,2222")).toEqual({
      ok: true,
      request: { subnets: ["10.0.0.0/24", "10.0.1.7"], ports: [2222, 22] },
    });
  });
  test("what cannot be a port is said at its field", () => {
    expect(parseSearch("", "22, ssh")).toMatchObject({ ok: false, field: "ports" });
    expect(parseSearch("", "70000")).toMatchObject({ ok: false, field: "ports" });
    expect(parseSearch("", "1 2 3 4 5 6 7 8 9")).toMatchObject({ ok: false, field: "ports" });
    expect(parseSearch("10.0.0.1 ".repeat(17), "22")).toMatchObject({ ok: false, field: "networks" });
  });
});

test("the mirror of a search: started anew, told a little at a time, and whole at its end", () => {
  const old = { ...noSearch, status: "done" as const, found: [{ host: "10.0.0.1", port: 22, banner }], counts };
  let search = applyProbeUpdate(old, { kind: "started", plan });
  expect(search).toEqual({ ...noSearch, status: "running", plan });
  const first = { host: "192.168.4.20", port: 22, banner };
  const second = { host: "192.168.4.21", port: 22222, banner };
  search = applyProbeUpdate(search, { kind: "progress", counts: { ...counts, asked: 20, ssh: 1 }, found: [first] });
  search = applyProbeUpdate(search, { kind: "progress", counts: { ...counts, asked: 40, ssh: 2 }, found: [second] });
  expect(search).toMatchObject({ status: "running", found: [first, second], counts: { asked: 40 } });
  search = applyProbeUpdate(search, {
    kind: "done",
    counts: { ...counts, ssh: 2 },
    found: [first, second],
    elapsedMs: 1,
  });
  expect(search).toMatchObject({ status: "done", found: [first, second], plan, counts: { asked: 254 } });
});

describe("in words", () => {
  test("what is asked", () => {
    expect(probePlanText(plan)).toBe("192.168.4.0/24 (254 addresses), ports 22 and 22222");
    expect(portsText([22])).toBe("port 22");
    expect(portsText([22, 2222, 22222])).toBe("ports 22, 2222 and 22222");
    expect(probeSeconds(plan)).toBeGreaterThan(3);
    expect(probeSeconds(plan)).toBeLessThan(30);
  });
  test.each<[string, Partial<ProbeCounts>]>([
    ["SSH answers at 3, 2 machines there without SSH", { ssh: 3, refused: 1, otherService: 1 }],
    ["1 machine there, and none with SSH", { refused: 1 }],
    ["nobody answered. A guest Wi-Fi keeps its clients apart", {}],
    ["not allowed to send", { denied: 254, silent: 0 }],
  ])("%s", (text, change) => {
    expect(probeResultText({ ...counts, ...change })).toContain(text);
  });
  test("what a machine announces", () => {
    expect(servicesText(["_mqtt._tcp", "_workstation._tcp"])).toBe("Announces an MQTT broker and a workstation");
    expect(servicesText(["_ipp._tcp", "_printer._tcp"])).toBe("Announces a printer");
    expect(servicesText([])).toBe("Seen on the network");
  });
  test("who looked", () => {
    expect(evidenceTitle("mdns eth0")).toBe("mDNS on eth0");
    expect(evidenceTitle("ssh-config")).toBe("~/.ssh/config");
    expect(evidenceTitle("new thing")).toBe("new thing");
  });
  test("the family where the model does not say it", () => {
    expect(deviceFamilyText(aDevice({ facts: someFacts() }))).toBeNull();
    expect(deviceFamilyText(aDevice({ facts: someFacts({ osId: "balena-os" }) }))).toBe("balena");
    const revPi = someFacts({ compatible: ["kunbus,revpi-connect4"], model: "Raspberry Pi Compute Module 4 Rev 1.0" });
    expect(deviceFamilyText(aDevice({ facts: revPi }))).toBe("Revolution Pi");
    expect(deviceFamilyText(aDevice())).toBeNull();
  });
  test("a device that was not asked", () => {
    const heard = aDevice({ state: "not-asked", remembered: false, sources: ["ssh-config"] });
    expect(deviceKind(heard)).toBe("heard");
    expect(deviceModelText(heard)).toBe("From your SSH config");
    expect(deviceModelText({ ...heard, sources: ["mdns"], announcedModel: "KI-Box" })).toBe("Announces KI-Box");
  });
});
