import { expect, test } from "vitest";
import { parseRestart } from "../../../../src/main/doors/cli/commands/change-container.ts";

test.each([
  ["no", { policy: "no", maximumRetries: null }],
  ["always", { policy: "always", maximumRetries: null }],
  ["unless-stopped", { policy: "unless-stopped", maximumRetries: null }],
  ["on-failure", { policy: "on-failure", maximumRetries: null }],
  ["on-failure:5", { policy: "on-failure", maximumRetries: 5 }],
])("%s is a restart policy", (text, policy) => {
  expect(parseRestart(text)).toEqual(policy);
});

test.each(["", "never", "always:5", "on-failure:", "on-failure:x", "ALWAYS"])("%j is none", (text) => {
  expect(() => parseRestart(text)).toThrow("is no restart policy");
});
