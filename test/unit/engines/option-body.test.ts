import { expect, test } from "vitest";
import { optionBody } from "../../../src/main/engines/docker-api/option-body.ts";
import { networkBody, volumeBody } from "../../../src/main/engines/docker-api/shared-bodies.ts";
import { plainOptions } from "../../../src/shared/domain/index.ts";

test("what is not said is left to the engine", () => {
  expect(optionBody(plainOptions)).toEqual({});
});

test("each option has its place in the engine's body", () => {
  const body = optionBody({
    ...plainOptions,
    addedCapabilities: ["NET_ADMIN"],
    privileged: true,
    devices: [{ source: "/dev/a", target: "/dev/b", permissions: "r" }],
    deviceRequests: [{ driver: "nvidia", count: null, ids: ["0"], capabilities: ["gpu"], options: {} }],
    ulimits: [{ name: "nofile", soft: 1, hard: 2 }],
    oomScoreAdjustment: 0,
    readBytesPerSecond: [{ path: "/dev/sda", rate: 1024 }],
    logging: { driver: "local", options: { "max-size": "1m" } },
  });
  expect(body).toEqual({
    CapAdd: ["NET_ADMIN"],
    Privileged: true,
    Devices: [{ PathOnHost: "/dev/a", PathInContainer: "/dev/b", CgroupPermissions: "r" }],
    DeviceRequests: [{ Driver: "nvidia", DeviceIDs: ["0"], Capabilities: [["gpu"]] }],
    Ulimits: [{ Name: "nofile", Soft: 1, Hard: 2 }],
    OomScoreAdj: 0,
    BlkioDeviceReadBps: [{ Path: "/dev/sda", Rate: 1024 }],
    LogConfig: { Type: "local", Config: { "max-size": "1m" } },
  });
});

test("a request for a GPU without a number is for all", () => {
  const request = { driver: null, count: null, ids: [], capabilities: ["gpu"], options: {} };
  expect(optionBody({ ...plainOptions, deviceRequests: [request] })).toEqual({
    DeviceRequests: [{ Count: -1, Capabilities: [["gpu"]] }],
  });
});

test("networks and volumes", () => {
  const pool = { subnet: "10.9.0.0/24", gateway: null, range: null, auxiliary: {} };
  const options = {
    driverOptions: { mtu: "1400" },
    attachable: true,
    ipv6: null,
    labels: { a: "file", b: "file" },
    ipam: { driver: null, pools: [pool] },
  };
  expect(networkBody("n", { labels: { a: "own" }, internal: false, driver: null, options })).toEqual({
    Name: "n",
    CheckDuplicate: true,
    Driver: "bridge",
    Internal: false,
    Attachable: true,
    Options: { mtu: "1400" },
    Labels: { a: "own", b: "file" },
    IPAM: { Config: [{ Subnet: "10.9.0.0/24", AuxiliaryAddresses: {} }] },
  });
  expect(volumeBody("v", { a: "own" }, null)).toEqual({ Name: "v", Labels: { a: "own" } });
});
