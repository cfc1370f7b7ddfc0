import { expect, test } from "vitest";
import { linesOf } from "../../../../src/main/stacks/stand-ins/serving/serial-port.ts";

test("a file is cut into lines byte for byte, the last one with or without an end", () => {
  const bytes = Buffer.from("$A\r\n\n\xff\x00b\nend", "latin1");
  expect(linesOf(bytes).map((line) => line.toString("latin1"))).toEqual(["$A\r\n", "\n", "\xff\x00b\n", "end"]);
});
