import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  entryMatches,
  formatKnownHostsLine,
  hashName,
  knownHostsName,
  parseKnownHosts,
  parseLine,
} from "../../../../src/main/devices/known-hosts/known-hosts-line.ts";

const BLOB = "AAAAC3NzaC1lZDI1NTE5AAAAIEJyYnm+l8uGAMuOPVk3ustBuRoS93YLVFpcev4qzGsK";

function matches(hosts: string, name: string): boolean {
  return entryMatches({ marker: null, hosts, type: "ssh-ed25519", blobBase64: BLOB }, name);
}

describe("lines", () => {
  test("comments, blanks and what is no entry are passed over", () => {
    const text = `# a comment\n\n  \nhost ssh-ed25519 ${BLOB} a comment of two\nhalf a line\nhost ssh-rsa not*base64\n@unknown host ssh-rsa ${BLOB}\r\n`;
    expect(parseKnownHosts(text)).toEqual([{ marker: null, hosts: "host", type: "ssh-ed25519", blobBase64: BLOB }]);
  });

  test("markers are read", () => {
    expect(parseLine(`@revoked * ssh-ed25519 ${BLOB}`)?.marker).toBe("revoked");
    expect(parseLine(`@cert-authority *.lan ssh-ed25519 ${BLOB}`)?.marker).toBe("cert-authority");
  });

  test("a line that is written is read again", () => {
    const line = formatKnownHostsLine(knownHostsName("10.0.0.5", 22222), { type: "ssh-ed25519", blobBase64: BLOB });
    expect(line).toBe(`[10.0.0.5]:22222 ssh-ed25519 ${BLOB}`);
    expect(parseLine(line)).toEqual({ marker: null, hosts: "[10.0.0.5]:22222", type: "ssh-ed25519", blobBase64: BLOB });
    expect(knownHostsName("Press.Local", 22)).toBe("press.local");
  });
});

describe("hosts", () => {
  test.each([
    ["press.local", "press.local", true],
    ["Press.Local", "press.local", true],
    ["press.local,10.0.0.5", "10.0.0.5", true],
    ["10.0.0.5", "10.0.0.50", false],
    ["10.0.0.5", "[10.0.0.5]:2222", false],
    ["[10.0.0.5]:2222", "[10.0.0.5]:2222", true],
    ["*.lan", "press.lan", true],
    ["*.lan", "press.lan.evil", false],
    ["10.0.0.?", "10.0.0.5", true],
    ["10.0.0.?", "10.0.0.55", false],
    ["*.lan,!bad.lan", "bad.lan", false],
    ["!bad.lan,*.lan", "good.lan", true],
    ["!bad.lan", "good.lan", false],
    ["a*b*c", "aXbYbZc", true],
    ["a*b*c", "aXbYbZ", false],
    [".*", "xy", false],
  ])("%s against %s: %s", (hosts, name, expected) => {
    expect(matches(hosts, name)).toBe(expected);
  });

  test("a pattern of many stars takes no time", () => {
    expect(matches(`${"*a".repeat(60)}b`, "a".repeat(5_000))).toBe(false);
  });

  test("names hashed by ssh-keygen itself are found, others are not", () => {
    const folder = mkdtempSync(join(tmpdir(), "bayplan-kh-"));
    try {
      const file = join(folder, "known_hosts");
      writeFileSync(file, `press.local ssh-ed25519 ${BLOB}\n[10.0.0.5]:22222 ssh-ed25519 ${BLOB}\n`);
      execFileSync("ssh-keygen", ["-H", "-f", file], { stdio: "pipe" });
      const entries = parseKnownHosts(readFileSync(file, "utf8"));
      expect(entries.map((entry) => entry.hosts.startsWith("|1|"))).toEqual([true, true]);
      expect(entries.map((entry) => entryMatches(entry, "PRESS.local"))).toEqual([true, false]);
      expect(entries.map((entry) => entryMatches(entry, "[10.0.0.5]:22222"))).toEqual([false, true]);
      expect(entries.some((entry) => entryMatches(entry, "10.0.0.5"))).toBe(false);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

test("a hidden name is one that ssh-keygen finds, and nobody reads", () => {
  const folder = mkdtempSync(join(tmpdir(), "bayplan-hash-"));
  try {
    const file = join(folder, "known_hosts");
    const line = formatKnownHostsLine(hashName("[Press.local]:2222"), { type: "ssh-ed25519", blobBase64: BLOB });
    writeFileSync(file, `${line}\n`);
    expect(line).not.toContain("press");
    expect(execFileSync("ssh-keygen", ["-F", "[press.local]:2222", "-f", file], { encoding: "utf8" })).toContain(BLOB);
    expect(parseKnownHosts(line).map((entry) => entryMatches(entry, "[press.local]:2222"))).toEqual([true]);
    expect(hashName("a")).not.toBe(hashName("a"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
