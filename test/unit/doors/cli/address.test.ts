import { expect, test } from "vitest";
import { looksLikeAddress, parseAddress } from "../../../../src/main/doors/cli/address.ts";

test.each([
  ["pi@10.0.0.5", { user: "pi", host: "10.0.0.5", port: null }],
  ["root@gateway.local:22222", { user: "root", host: "gateway.local", port: 22222 }],
  ["10.0.0.5:2222", { user: null, host: "10.0.0.5", port: 2222 }],
  ["bench", { user: null, host: "bench", port: null }],
  ["pi@[fe80::1%eth0]:22", { user: "pi", host: "fe80::1%eth0", port: 22 }],
])("%s is an address", (text, target) => {
  expect(parseAddress(text)).toEqual(target);
});

test.each(["", "a b", "pi@", "@host", "host:0", "host:70000", "-oProxyCommand=x", "pi@host:22:22", "pi@ho$(st)"])(
  "%j is none, and the hint shows how one looks",
  (text) => {
    expect(() => parseAddress(text)).toThrowError(
      expect.objectContaining({ code: "bad-input", hint: expect.stringContaining("user@host") }),
    );
  },
);

test("a device's name is not taken for an address", () => {
  expect(looksLikeAddress("press-line-01")).toBe(false);
  expect(looksLikeAddress("pi@press-line-01")).toBe(true);
  expect(looksLikeAddress("10.0.0.5:22222")).toBe(true);
});
