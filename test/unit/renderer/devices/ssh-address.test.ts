import { describe, expect, test } from "vitest";
import { parseAddress } from "../../../../src/renderer/devices/ssh-address.ts";

describe("parseAddress", () => {
  test.each([
    ["pi@192.168.1.20", { user: "pi", host: "192.168.1.20", port: null }],
    [" pi@gateway.local:2222 ", { user: "pi", host: "gateway.local", port: 2222 }],
    ["ssh://root@box/", { user: "root", host: "box", port: null }],
    ["pi@[fe80::1%eth0]:22222", { user: "pi", host: "fe80::1%eth0", port: 22222 }],
    ["pi@fe80::1", { user: "pi", host: "fe80::1", port: null }],
    ["a@b@host", { user: "a@b", host: "host", port: null }],
  ])("reads %s", (text, target) => {
    expect(parseAddress(text)).toEqual({ ok: true, target });
  });

  test.each([
    ["", "Write an address"],
    ["192.168.1.20", "user@192.168.1.20"],
    ["@host", "user name"],
    ["pi@", "host after the @"],
    ["pi@host:", "port after the colon"],
    ["pi@host:99999", "1 to 65535"],
    ["pi@host:ssh", "1 to 65535"],
    ["pi@ho st", "no spaces"],
    ["pi@host;reboot", "not a host name"],
  ])("says what is wrong with %j", (text, words) => {
    const parsed = parseAddress(text);
    expect(parsed.ok ? "" : parsed.problem).toContain(words);
  });
});
