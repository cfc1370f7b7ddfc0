import { join } from "node:path";
import { expect, test } from "vitest";
import { openStack, requireStack, runLabel, startStack } from "../../src/main/stacks/index.ts";
import { currentOwner, resourcesFolder } from "../../src/main/store/index.ts";
import { SAMPLE_BASE_IMAGE } from "../lab/images.ts";
import { nothing, stacksBench } from "./stacks-bench.ts";

const bench = stacksBench();

/** Waits until a container prints a line with this text, which must be within the test's time. */
async function untilPrinted(containerId: string, text: string): Promise<string[]> {
  const controller = new AbortController();
  const lines: string[] = [];
  try {
    for await (const batch of bench.engine.logs(
      { containerIds: [containerId], tail: 100, follow: true },
      controller.signal,
    )) {
      lines.push(...batch.lines.map((line) => line.text));
      if (lines.some((line) => line.includes(text))) return lines;
    }
    throw new Error(`it ended without "${text}": ${lines.join("\n")}`);
  } finally {
    controller.abort();
  }
}

test("the sample gateway reads without a finding, gets healthy and takes its load", async () => {
  const environment = { BAYPLAN_SAMPLE_BROKER: SAMPLE_BASE_IMAGE, BAYPLAN_SAMPLE_PYTHON: SAMPLE_BASE_IMAGE };
  const opened = await openStack(join(resourcesFolder(), "stacks", "gateway"), environment);
  expect(opened.findings).toEqual([]);
  const stack = requireStack(opened);
  expect(stack.services.filter(({ load }) => load).map(({ name }) => name)).toEqual(["load"]);
  expect(stack.loadDescription).toContain("288 messages/s");

  const running = await startStack({
    engine: bench.engine,
    stack,
    owner: currentOwner(),
    labels: { [runLabel]: `test-${process.pid}` },
    until: "healthy",
  });
  try {
    const idOf = (service: string) => running.services.get(service)?.containerIds[0] ?? "";
    await untilPrinted(idOf("load"), "the backlog is handed over");
    for (const service of ["processor", "buffer", "forwarder"]) {
      const container = await bench.engine.inspectContainer(idOf(service));
      expect(container).toMatchObject({ running: true, health: "healthy", restarts: 0 });
      const lines = await untilPrinted(idOf(service), "connected to");
      expect(
        lines.filter((line) => !/connected to|forwarded/.test(line)),
        `${service} printed no complaint`,
      ).toEqual([]);
    }
    // The forwarder only says that it sent something when the broker acknowledged it.
    await untilPrinted(idOf("forwarder"), "forwarded");
  } finally {
    await running.remove({ volumes: true });
  }
  expect(await bench.left(running.project)).toEqual(nothing);
});
