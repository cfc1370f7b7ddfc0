import { expect, test } from "vitest";
import { defaultRules, judgeTarget, type RunLogLine } from "../../../../src/shared/domain/index.ts";
import { evidenceTexts } from "../../../../src/shared/format/index.ts";
import { minute, observation, service } from "./observations.ts";

function line(atMs: number, text: string, name = "broker"): RunLogLine {
  return { atMs, service: name, stream: "stderr", text };
}

const kill = { atMs: 10_000, service: "broker", at: "envelope", process: "mosquitto" } as const;

test("a kill shows what was printed in the two seconds before it", () => {
  const logs = [line(7_900, "too early"), line(8_100, "loading"), line(9_990, "\u001b[31mcache\u001b[0m 4 GB\u0007")];
  const { axes } = judgeTarget(observation({ oomKills: [kill], logs: [...logs, line(10_900, "later")] }), defaultRules);
  expect(axes.memory?.evidence[0]?.lines.map(({ text }) => text)).toEqual(["loading", "cache 4 GB"]);
  expect(evidenceTexts(axes)[0]).toEqual({
    axis: "memory",
    text: "0:10 OOM kill of mosquitto in broker",
    lines: ["0:08 broker: loading", "0:09 broker: cache 4 GB"],
  });
});

test("only the last lines are shown, and long ones are cut", () => {
  const logs = Array.from({ length: 50 }, (_, index) => line(9_000 + index, `${index} ${"x".repeat(500)}`));
  const { axes } = judgeTarget(observation({ oomKills: [kill], logs }), defaultRules);
  const shown = axes.memory?.evidence[0]?.lines ?? [];
  expect(shown).toHaveLength(8);
  expect(shown.at(-1)?.text.startsWith("49 xxx")).toBe(true);
  expect(shown.at(-1)?.text).toHaveLength(202);
});

test("a stack that does not stay up shows the ends of its services", () => {
  const seen = observation({
    failedInside: "app was down for 60% of the steady time (exit code 3).",
    services: [service({ name: "app", downShare: 0.6 })],
    exits: [{ atMs: 4_000, service: "app", exitCode: 3 }],
    logs: [line(3_999, "no such table", "app")],
  });
  const { axes } = judgeTarget(seen, defaultRules);
  expect(axes.cpu?.verdict).toBe("unknown");
  expect(axes.cpu?.evidence[0]).toEqual({
    atMs: 4_000,
    untilMs: null,
    text: "app ended with exit code 3",
    lines: [line(3_999, "no such table", "app")],
  });
});

test("a CPU that was never full shows its busiest second with what was printed then", () => {
  const seconds = minute(30, {}, {}).map((second, index) => (index === 40 ? { ...second, hostCores: 0.5 } : second));
  const { axes } = judgeTarget(observation({ seconds, logs: [line(40_500, "compacting")] }), defaultRules);
  expect(axes.cpu?.evidence).toEqual([
    { atMs: 40_000, untilMs: 41_000, text: "busiest second, 2.00 device cores", lines: [line(40_500, "compacting")] },
  ]);
});
