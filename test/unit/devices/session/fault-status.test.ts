import { describe, expect, test } from "vitest";
import type { KeyVerdict } from "../../../../src/main/devices/known-hosts/judge-host-key.ts";
import { backoffMs } from "../../../../src/main/devices/session/backoff.ts";
import { statusOfFault } from "../../../../src/main/devices/session/fault-status.ts";
import { RouteError, SshConnectError, type SshFault } from "../../../../src/main/ssh/index.ts";
import { AppError, type AppErrorCode } from "../../../../src/shared/domain/index.ts";

const offered = { type: "ssh-ed25519", fingerprint: "SHA256:offered" };
const pinned = { type: "ssh-ed25519", fingerprint: "SHA256:pinned" };

function status(error: AppError, verdict: KeyVerdict | null = null) {
  return statusOfFault({ error, verdict, offered, failures: 1, boardSerial: "BEA4", user: "root" });
}

function fault(kind: SshFault): SshConnectError {
  return new SshConnectError(kind, "It did not work.", { hint: "Do this." });
}

describe("what stood in the way of the connection", () => {
  test.each<[SshFault, KeyVerdict | null, string, AppErrorCode]>([
    ["refused", null, "ssh-refused", "unreachable"],
    ["unreachable", null, "unreachable", "unreachable"],
    ["timeout", null, "unreachable", "unreachable"],
    ["auth", { trust: "pinned", pinned }, "auth-failed", "auth-failed"],
    ["host-key", { trust: "new" }, "connecting", "key-unknown"],
    ["host-key", { trust: "changed", pinned }, "key-changed", "key-changed"],
    ["host-key", { trust: "revoked" }, "key-changed", "key-changed"],
    ["host-key", { trust: "moved-in" }, "unreachable", "unreachable"],
    ["host-key", null, "unreachable", "unreachable"],
  ])("%s, key %j: %s, %s", (kind, verdict, state, code) => {
    const result = status(fault(kind), verdict);
    expect([result.state, result.trouble.code]).toEqual([state, code]);
    expect(result.trouble.hint).not.toBeNull();
  });
});

test.each<[AppErrorCode, string]>([
  ["no-engine", "engine-down"],
  ["engine-denied", "engine-down"],
  ["engine-failed", "engine-down"],
  ["unsupported", "engine-down"],
  ["unreachable", "unreachable"],
  ["timed-out", "unreachable"],
  ["internal", "unreachable"],
])("%s: %s", (code, state) => {
  const result = status(new AppError(code, "So it is.", { hint: "Do this." }));
  expect(result.state).toBe(state);
  expect(result.trouble).toEqual({ code, message: "So it is.", hint: "Do this." });
});

describe("what people are told", () => {
  test("a changed key: both prints, the board, and that re-flashing is the usual cause", () => {
    const { trouble } = status(fault("host-key"), { trust: "changed", pinned });
    expect(trouble.message).toContain("SHA256:offered");
    expect(trouble.message).toContain("SHA256:pinned");
    expect(trouble.message).toContain("BEA4");
    expect(trouble.hint).toContain("re-flashed");
  });

  test("a refused login: as whom, and that it can be another", () => {
    expect(status(fault("auth")).trouble.hint).toContain("logs in as root");
  });

  test("a new key: the print to compare", () => {
    expect(status(fault("host-key"), { trust: "new" }).trouble.message).toContain("SHA256:offered");
  });
});

describe("when it is tried again", () => {
  test("a key that nobody agreed to: not before somebody does", () => {
    expect(status(fault("host-key"), { trust: "new" }).retryInMs).toBeNull();
  });

  test("a refused login seldom, so that the device does not lock this machine out", () => {
    expect(status(fault("auth")).retryInMs).toBeGreaterThanOrEqual(300_000);
  });

  test("1, 2, 4, 8 and then 15 s, with up to a fifth more", () => {
    expect([1, 2, 3, 4, 5, 6, 100].map((failures) => backoffMs(failures, () => 0))).toEqual([
      1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000,
    ]);
    expect(backoffMs(5, () => 1)).toBe(18_000);
  });
});

describe("what stands in the way before the device", () => {
  test.each<[AppErrorCode, number]>([
    ["unreachable", 1_000],
    ["unsupported", 1_000],
    ["key-unknown", 30_000],
    ["key-changed", 30_000],
    ["auth-failed", 300_000],
  ])("%s: the device is out of reach, not to blame; tried again in %i ms at the earliest", (code, atLeastMs) => {
    const { state, trouble, retryInMs } = status(new RouteError(code, "The jump host bastion:22: it does not."));
    expect([state, trouble.code]).toEqual(["unreachable", code]);
    expect(retryInMs).toBeGreaterThanOrEqual(atLeastMs);
  });
});

test("keys that were found and not tried are told with a refused login, and only then", () => {
  const skipped = [{ path: "/home/me/.ssh/id_rsa", why: "has a passphrase", isLocked: true }];
  const told = (error: AppError) =>
    statusOfFault({ error, verdict: null, offered, failures: 1, boardSerial: null, user: "root", skipped }).trouble
      .hint;
  expect(told(fault("auth"))).toContain("/home/me/.ssh/id_rsa has a passphrase.");
  expect(told(fault("refused"))).not.toContain("id_rsa");
});

test("a certificate authority in known_hosts: why it does not help", () => {
  expect(status(fault("host-key"), { trust: "new", certified: true }).trouble.hint).toContain(
    "does not read host certificates",
  );
  expect(status(fault("host-key"), { trust: "new" }).trouble.hint).not.toContain("certificate");
});

test("a jump host that refuses the login: the device is not blamed, and a key that was left out is named", () => {
  const error = new RouteError("auth-failed", "The jump host gate: no.", { hint: "Put your key there." });
  const skipped = [{ path: "/home/anna/.ssh/id_rsa", why: "has a passphrase", isLocked: true }];
  const result = statusOfFault({
    error,
    verdict: null,
    offered: null,
    failures: 1,
    boardSerial: null,
    user: "pi",
    skipped,
  });
  expect(result.state).toBe("unreachable");
  expect(result.trouble).toEqual({
    code: "auth-failed",
    message: "The jump host gate: no.",
    hint: "Put your key there. /home/anna/.ssh/id_rsa has a passphrase.",
  });
});
