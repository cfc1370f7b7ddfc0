import { expect, test } from "vitest";
import { type BrowseTally, browseEvidence } from "../../../../src/main/devices/mdns/browse-evidence.ts";
import type { Sighting } from "../../../../src/shared/domain/index.ts";

function seen(key: string, ssh: boolean): Sighting {
  return {
    key,
    source: "mdns",
    ssh,
    user: null,
    name: key,
    hostName: key,
    addresses: ["10.0.0.5"],
    port: 22,
    interfaceName: "eth0",
    balena: false,
    services: [],
    announcedModel: null,
    seenAtMs: 0,
  };
}

const v4: BrowseTally = {
  interfaceName: "eth0",
  address: "10.0.0.2",
  packets: 0,
  answers: 0,
  malformed: 0,
  leftOut: 0,
  sightings: [],
  failure: null,
  hasAsked: true,
};
const v6: BrowseTally = { ...v4, address: "fe80::2" };

test("both families of an interface are one piece of evidence; a machine that speaks both counts once", () => {
  const both = [
    { ...v6, packets: 3, answers: 2, sightings: [seen("a", true)] },
    { ...v4, packets: 4, answers: 4, malformed: 1, sightings: [seen("a", true), seen("b", false)] },
  ];
  expect(browseEvidence(both)).toEqual({
    source: "mdns eth0",
    state: "working",
    detail: "eth0 10.0.0.2, fe80::2: 7 packets, 6 answers, 1 SSH devices, 1 malformed, 1 others",
    hint: null,
  });
});

test("silence says what it may mean, and not before everybody was asked", () => {
  expect(browseEvidence([v4, { ...v6, hasAsked: false }])).toMatchObject({ state: "nothing-heard", hint: null });
  expect(browseEvidence([v4, v6]).hint).toContain("UDP port 5353");
});

test("an interface has failed only where no family of it works; the reason is shown either way", () => {
  const refused = { ...v6, failure: "send EPERM ff02::fb%eth0:5353" };
  expect(browseEvidence([v4, refused])).toMatchObject({ state: "nothing-heard" });
  expect(browseEvidence([v4, refused]).detail).toContain("(send EPERM");
  expect(browseEvidence([{ ...v4, failure: "send EPERM 224.0.0.251:5353" }, refused])).toMatchObject({
    state: "failed",
    hint: expect.stringContaining("firewall"),
  });
});
