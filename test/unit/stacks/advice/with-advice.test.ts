import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openStack, requireStack, withAdvice } from "../../../../src/main/stacks/index.ts";
import type { Advice } from "../../../../src/shared/domain/index.ts";

const mebibyte = 1024 * 1024;

async function stackOf(text: string) {
  const folder = await mkdtemp(join(tmpdir(), "bayplan-advice-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, "compose.yaml"), text);
  return requireStack(await openStack(join(folder, "compose.yaml")));
}

const advice = (service: string, key: string, proposed: string): Advice => ({
  service,
  key,
  proposed,
  current: null,
  reason: "measured",
});

test("advised limits are in force, and what an engine would refuse beside them is not", async () => {
  const stack = await stackOf(
    "services:\n  web: {image: w, mem_limit: 512m, mem_reservation: 256m, memswap_limit: 600m}\n  db: {image: d, memswap_limit: 64m, mem_limit: 64m}\n",
  );
  const limited = withAdvice(stack, [
    advice("web", "mem_limit", "128m"),
    advice("web", "cpus", "0.40"),
    advice("web", "restart", "unless-stopped"),
    advice("db", "mem_limit", "96m"),
  ]);
  expect(limited.services[0]).toMatchObject({
    limits: { memoryBytes: 128 * mebibyte, memoryReservationBytes: 128 * mebibyte, cpuCores: 0.4 },
    options: { memoryAndSwapBytes: 600 * mebibyte },
    restart: { policy: "no" },
  });
  expect(limited.services[1]).toMatchObject({
    limits: { memoryBytes: 96 * mebibyte },
    options: { memoryAndSwapBytes: null },
  });
  expect(stack.services[0]?.limits.memoryBytes).toBe(512 * mebibyte);
});

test("a service that is gone is said", async () => {
  const stack = await stackOf("services:\n  web: {image: w}\n");
  expect(() => withAdvice(stack, [advice("db", "cpus", "1")])).toThrow(/no service db any more/);
});
