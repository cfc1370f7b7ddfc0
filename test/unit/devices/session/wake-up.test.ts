import { expect, test } from "vitest";
import { WakeUp } from "../../../../src/main/devices/session/wake-up.ts";

const never = new AbortController().signal;

test("a call ends the wait, and the next one too when it came before it", async () => {
  const wake = new WakeUp();
  const waiting = wake.wait(null, never);
  wake.call();
  expect(await waiting).toBe(true);
  wake.call();
  expect(await wake.wait(null, never)).toBe(true);
  expect(await wake.wait(1, never)).toBe(false);
});

test("a call that was dealt with does not end the next wait", async () => {
  const wake = new WakeUp();
  wake.call();
  wake.reset();
  expect(await wake.wait(1, never)).toBe(false);
});

test("the signal ends the wait, at once when it has aborted before", async () => {
  const wake = new WakeUp();
  const stop = new AbortController();
  const waiting = wake.wait(null, stop.signal);
  stop.abort();
  expect(await waiting).toBe(false);
  expect(await wake.wait(null, stop.signal)).toBe(false);
});
