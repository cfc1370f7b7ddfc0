import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readBayplanFile } from "../../../../src/main/stacks/index.ts";
import { AppError } from "../../../../src/shared/domain/index.ts";

async function read(text: string) {
  const folder = await mkdtemp(join(tmpdir(), "bayplan-settings-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, "bayplan.yaml"), text);
  return readBayplanFile(folder);
}

test("figures are read as people write them", async () => {
  const settings = await read(
    "devices: rpi-4b-2gb\nbudgets: [memory=1g]\nduration: 90\nwarmUp: 500ms\nfailOn: tight\n" +
      "gates: { memoryHeadroom: 20%, cpuHeadroom: 0.1, cpuP99: 1.5, growth: 5MiB, startup: 1m }\n" +
      "thresholds: { cpuBand: 1.5, osShareBytes: 300MiB }\n",
  );
  expect(settings).toMatchObject({
    devices: ["rpi-4b-2gb"],
    budgets: ["memory=1g"],
    duration: 90_000,
    warmUp: 500,
    failOn: "tight",
    gates: {
      memoryHeadroom: 0.2,
      cpuHeadroom: 0.1,
      cpuP99Cores: 1.5,
      growthBytesPerDay: 5 * 1024 * 1024,
      startupSeconds: 60,
    },
    thresholds: { cpuBand: 1.5, osShareBytes: 300 * 1024 * 1024 },
  });
});

test("what is not given takes the place of no default", async () => {
  expect(await read("gates: { growth: 0 }\n")).toMatchObject({ gates: { growthBytesPerDay: 0 }, thresholds: {} });
  expect((await read("duration: 1m\n")).gates).toEqual({});
});

test.each([
  ["gates: { memoryHeadroom: 150% }", "A share is wanted, for example 20%."],
  ["gates: { startup: soon }", "A time is wanted"],
  ["gates: { growth: much }", "A size is wanted"],
  ["gates: { memoryheadroom: 20% }", "This key is not known here."],
  ["thresholds: { fitsShare: 85 }", "A share between 0 and 1 is wanted."],
  ["thresholds: { memoryBand: 0.5 }", "A band is a factor of 1 or more."],
  ["thresholds: { nothing: 1 }", "This key is not known here."],
  ["duration: ages", "A time is wanted"],
  ["stack: sub/compose.yaml", "A file of this folder is wanted"],
])("%s is refused with what is wanted", async (text, words) => {
  const failure: unknown = await read(`${text}\n`).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(AppError);
  expect(failure).toMatchObject({ code: "bad-input", message: expect.stringContaining(words) });
  expect(failure).toMatchObject({ message: expect.stringMatching(/bayplan\.yaml:1:\d+: /) });
});
