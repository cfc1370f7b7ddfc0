import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import * as z from "zod";
import { shortBoardName } from "../../../../src/renderer/format/board.ts";
import { modelSchema } from "../../../../src/shared/domain/index.ts";

test.each([
  ["Raspberry Pi 4 Model B 2GB", "Pi 4B 2GB"],
  ["Raspberry Pi 3 Model B+", "Pi 3B+"],
  ["Raspberry Pi Compute Module 5 16GB", "CM5 16GB"],
  ["Revolution Pi Connect 4", "RevPi Connect 4"],
  ["NVIDIA Jetson Nano 2GB Developer Kit", "Jetson Nano 2GB"],
  ["Siemens SIMATIC IOT2050 Basic", "IOT2050 Basic"],
  ["UP Board (Atom x5-Z8350) 2GB", "UP Board 2GB"],
  ["press-line-07 (Raspberry Pi 3 Model B+)", "press-line-07"],
  ["Radxa X4 (N100)", "Radxa X4"],
])("%s is %s in short", (name, short) => {
  expect(shortBoardName(name)).toBe(short);
});

test("no two boards of the catalogue get one short name", () => {
  const file = join(import.meta.dirname, "../../../../resources/models.json");
  const names = z
    .array(modelSchema)
    .parse(JSON.parse(readFileSync(file, "utf8")))
    .map((model) => model.name);
  expect(new Set(names.map(shortBoardName)).size).toBe(names.length);
});
