import { expect, test } from "vitest";
import { parsePorts } from "../../../../src/main/doors/cli/commands/search-network.ts";

test("ports are a list; left out they are those of SSH and of balenaOS", () => {
  expect(parsePorts(undefined)).toEqual([22, 22222]);
  expect(parsePorts("2222, 22,2222")).toEqual([2222, 22]);
});

test.each(["", "ssh", "22,,23", "0", "65536", "22;23", "1,2,3,4,5,6,7,8,9"])("%j is no list of ports", (text) => {
  expect(() => parsePorts(text)).toThrow(expect.objectContaining({ code: "bad-input" }));
});
