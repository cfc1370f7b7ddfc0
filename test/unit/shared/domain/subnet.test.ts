import { describe, expect, test } from "vitest";
import {
  containsSubnet,
  formatIpv4,
  formatSubnet,
  hostAddresses,
  hostCount,
  isPrivateSubnet,
  parseIpv4,
  parseSubnet,
} from "../../../../src/shared/domain/index.ts";

const subnet = parseSubnet;

test("an address is a number, and back", () => {
  for (const text of ["0.0.0.0", "10.77.0.1", "192.168.4.255", "255.255.255.255"]) {
    expect(formatIpv4(parseIpv4(text) ?? -1)).toBe(text);
  }
  for (const wrong of ["", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.x", "::1"]) {
    expect(parseIpv4(wrong), wrong).toBeNull();
  }
});

test("an interface's own address names its network", () => {
  expect(formatSubnet(subnet("192.168.4.10/24"))).toBe("192.168.4.0/24");
  expect(formatSubnet(subnet("10.200.37.9/12"))).toBe("10.192.0.0/12");
  expect(formatSubnet(subnet(" 10.0.0.7 "))).toBe("10.0.0.7/32");
});

test.each(["", "10.0.0.0/33", "10.0.0.0/", "10.0.0/24", "10.0.0.0/24/1", "fe80::/64", "lan"])(
  "%j is no subnet",
  (text) => {
    expect(() => subnet(text)).toThrow(expect.objectContaining({ code: "bad-input" }));
  },
);

describe("the machines in a subnet", () => {
  test("are without the network's own and the broadcast address", () => {
    expect([...hostAddresses(subnet("10.0.0.0/30"))].map(formatIpv4)).toEqual(["10.0.0.1", "10.0.0.2"]);
    expect(hostCount(subnet("10.0.0.0/24"))).toBe(254);
    expect(hostCount(subnet("10.0.0.0/20"))).toBe(4_094);
  });
  test("are both of a /31 and the one of a /32 (RFC 3021)", () => {
    expect([...hostAddresses(subnet("10.0.0.2/31"))].map(formatIpv4)).toEqual(["10.0.0.2", "10.0.0.3"]);
    expect([...hostAddresses(subnet("255.255.255.255/32"))].map(formatIpv4)).toEqual(["255.255.255.255"]);
  });
});

test("private is what no part of can be somebody else's", () => {
  for (const text of ["10.0.0.0/8", "172.16.9.0/24", "172.31.255.0/24", "192.168.0.0/16", "169.254.7.0/24"]) {
    expect(isPrivateSubnet(subnet(text)), text).toBe(true);
  }
  for (const text of ["8.8.8.0/24", "172.32.0.0/24", "172.0.0.0/8", "100.64.0.0/24", "0.0.0.0/0", "127.0.0.0/8"]) {
    expect(isPrivateSubnet(subnet(text)), text).toBe(false);
  }
  expect(containsSubnet(subnet("0.0.0.0/0"), subnet("10.0.0.0/8"))).toBe(true);
});
