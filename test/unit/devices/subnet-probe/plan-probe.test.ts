import { expect, test } from "vitest";
import { planProbe } from "../../../../src/main/devices/subnet-probe/plan-probe.ts";

const ports = [22, 22222];
const lan = { interfaceName: "eth0", address: "192.168.4.10", prefix: 24 };

test("by itself it asks the private networks that this machine is on, each once, and no others", () => {
  const own = [
    lan,
    { interfaceName: "wlan0", address: "192.168.4.77", prefix: 24 },
    { interfaceName: "wwan0", address: "93.184.216.34", prefix: 24 },
    { interfaceName: "tailscale0", address: "100.101.102.103", prefix: 32 },
    { interfaceName: "tun0", address: "10.8.0.2", prefix: 32 },
  ];
  expect(planProbe({ subnets: null, ports: [22, 22, 22222] }, own)).toEqual({
    subnets: [{ cidr: "192.168.4.0/24", interfaceName: "eth0", addresses: 254, partOf: null }],
    ports: [22, 22222],
  });
});

test("of a network that is too large it asks the part around this machine, and says so", () => {
  const own = [{ interfaceName: "eth0", address: "10.20.30.40", prefix: 16 }];
  expect(planProbe({ subnets: null, ports }, own).subnets).toEqual([
    { cidr: "10.20.30.0/24", interfaceName: "eth0", addresses: 254, partOf: "10.20.0.0/16" },
  ]);
});

test("a named subnet is asked as it is named, with the interface that is in it", () => {
  expect(planProbe({ subnets: ["192.168.4.64/26", "10.9.0.0/24"], ports }, [lan]).subnets).toEqual([
    { cidr: "10.9.0.0/24", interfaceName: null, addresses: 254, partOf: null },
    { cidr: "192.168.4.64/26", interfaceName: "eth0", addresses: 62, partOf: null },
  ]);
});

test("what is a part of another one is not asked twice", () => {
  const { subnets } = planProbe({ subnets: ["10.9.0.128/25", "10.9.0.0/24", "10.9.0.7"], ports }, []);
  expect(subnets.map(({ cidr }) => cidr)).toEqual(["10.9.0.0/24"]);
});

test("a /20 is asked; more than that is refused with the figure", () => {
  expect(planProbe({ subnets: ["10.0.0.0/20"], ports }, []).subnets[0]?.addresses).toBe(4_094);
  const refusal = (subnets: string[]) => () => planProbe({ subnets, ports }, []);
  expect(refusal(["10.0.0.0/19"])).toThrow(expect.objectContaining({ code: "bad-input" }));
  expect(refusal(["10.0.0.0/19"])).toThrow("8190 addresses");
  expect(refusal(["10.0.0.0/20", "10.1.0.0/24"])).toThrow("4348 addresses");
  expect(refusal(["0.0.0.0/0"])).toThrow("4294967294 addresses");
});

test("a machine on no private network cannot search by itself", () => {
  const own = [{ interfaceName: "eth0", address: "93.184.216.34", prefix: 24 }];
  expect(() => planProbe({ subnets: null, ports }, own)).toThrow(expect.objectContaining({ code: "unsupported" }));
});
