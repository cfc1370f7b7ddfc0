import { describe, expect, test } from "vitest";
import {
  fingerprintOf,
  judgeHostKey,
  type KeyQuestion,
  knownKeyTypes,
} from "../../../../src/main/devices/known-hosts/judge-host-key.ts";
import { parseKnownHosts } from "../../../../src/main/devices/known-hosts/known-hosts-line.ts";

function key(seed: string, type = "ssh-ed25519") {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(type.length);
  const blobBase64 = Buffer.concat([length, Buffer.from(`${type}${seed}`)]).toString("base64");
  return { type, blobBase64, fingerprint: fingerprintOf(blobBase64) };
}

const mine = key("mine");
const other = key("other");
const rsa = key("rsa", "ssh-rsa");

function line(name: string, one: { type: string; blobBase64: string }): string {
  return `${name} ${one.type} ${one.blobBase64}\n`;
}

function judge(change: Partial<Omit<KeyQuestion, "ownEntries" | "userEntries">> & { own?: string; user?: string }) {
  const { own = "", user = "", ...rest } = change;
  return judgeHostKey({
    host: "10.0.0.5",
    port: 22,
    offered: mine,
    pinOfThisDevice: null,
    pinsOfOthers: new Set(),
    ownEntries: parseKnownHosts(own),
    userEntries: parseKnownHosts(user),
    ...rest,
  });
}

const print = (one: typeof mine) => ({ type: one.type, fingerprint: one.fingerprint });

describe("a device that is known", () => {
  test("its key is its key, at whatever address", () => {
    expect(judge({ pinOfThisDevice: print(mine), host: "192.168.7.7" })).toEqual({
      trust: "pinned",
      pinned: print(mine),
    });
  });

  test("another key is refused, even when the address has it on file", () => {
    const verdict = judge({ pinOfThisDevice: print(other), own: line("10.0.0.5", mine), user: line("10.0.0.5", mine) });
    expect(verdict).toEqual({ trust: "changed", pinned: print(other) });
  });

  test("the key of another known device means that the address is that one's now", () => {
    const verdict = judge({ pinOfThisDevice: print(other), pinsOfOthers: new Set([mine.fingerprint]) });
    expect(verdict).toEqual({ trust: "moved-in" });
  });
});

describe("a device that is not known yet", () => {
  test("nothing on file: new", () => {
    expect(judge({})).toEqual({ trust: "new" });
    expect(judge({ own: line("10.0.0.6", other), user: line("*.lan", other) })).toEqual({ trust: "new" });
  });

  test("its key on file for this address: pinned, from either file", () => {
    expect(judge({ own: line("10.0.0.5", mine) }).trust).toBe("pinned");
    expect(judge({ user: line("10.0.0.*", mine) }).trust).toBe("pinned");
  });

  test("another key on file for this address: changed, with the one of the same type", () => {
    const verdict = judge({ user: line("10.0.0.5", rsa) + line("10.0.0.5", other) });
    expect(verdict).toEqual({ trust: "changed", pinned: print(other) });
  });

  test("only a key of another type on file: changed, not new", () => {
    expect(judge({ user: line("10.0.0.5", rsa) })).toEqual({ trust: "changed", pinned: print(rsa) });
  });

  test("the key of a known device: that device, at a new address", () => {
    expect(judge({ pinsOfOthers: new Set([mine.fingerprint]) })).toEqual({ trust: "pinned", pinned: print(mine) });
  });

  test("the line of a device known by its key says nothing about who has its old address now", () => {
    expect(judge({ own: line("10.0.0.5", other), pinsOfOthers: new Set([other.fingerprint]) })).toEqual({
      trust: "new",
    });
  });

  test("a port of its own is a server of its own; the bare name helps only with the same key", () => {
    expect(judge({ port: 2222, user: line("10.0.0.5", mine) }).trust).toBe("pinned");
    expect(judge({ port: 2222, user: line("10.0.0.5", other) })).toEqual({ trust: "new" });
    expect(judge({ port: 2222, user: line("[10.0.0.5]:2222", other) }).trust).toBe("changed");
  });

  test("a certificate authority's line is no host key", () => {
    expect(judge({ user: `@cert-authority ${line("10.0.0.5", mine)}` })).toEqual({ trust: "new", certified: true });
  });
});

test("a revoked key is refused, whatever else speaks for it", () => {
  const user = `@revoked ${line("*", mine)}${line("10.0.0.5", mine)}`;
  expect(judge({ user, pinOfThisDevice: print(mine) })).toEqual({ trust: "revoked" });
  expect(judge({ user: `@revoked ${line("10.9.9.9", mine)}` })).toEqual({ trust: "new" });
});

describe("under the names of ssh_config", () => {
  test("the person's files are asked for the other name, Bayplan's own for the device's", () => {
    const at = { host: "bench", nameForUser: "the-bench" };
    expect(judge({ ...at, user: line("the-bench", mine) }).trust).toBe("pinned");
    expect(judge({ ...at, user: line("the-bench", other) }).trust).toBe("changed");
    expect(judge({ ...at, user: line("bench", mine) }).trust).toBe("new");
    expect(judge({ ...at, own: line("bench", mine) }).trust).toBe("pinned");
    expect(judge({ ...at, user: `@revoked ${line("the-bench", mine)}` }).trust).toBe("revoked");
  });
});

describe("which types to ask a server for", () => {
  function types(change: Partial<KeyQuestion> & { own?: string; user?: string }) {
    const { own = "", user = "", ...rest } = change;
    return knownKeyTypes({
      host: "10.0.0.5",
      port: 22,
      pinOfThisDevice: null,
      ownEntries: parseKnownHosts(own),
      userEntries: parseKnownHosts(user),
      ...rest,
    });
  }

  test("that of the pinned key alone; else those on file, from either file, each once", () => {
    expect(types({ pinOfThisDevice: print(rsa), user: line("10.0.0.5", mine) })).toEqual(["ssh-rsa"]);
    expect(types({ own: line("10.0.0.5", mine), user: line("10.0.0.5", rsa) + line("10.0.0.5", other) })).toEqual([
      "ssh-ed25519",
      "ssh-rsa",
    ]);
    expect(types({})).toEqual([]);
    expect(types({ user: `@revoked ${line("10.0.0.5", rsa)}@cert-authority ${line("*", rsa)}` })).toEqual([]);
  });

  test("those of the bare name for another port, while there is nothing better", () => {
    expect(types({ port: 2222, user: line("10.0.0.5", rsa) })).toEqual(["ssh-rsa"]);
    expect(types({ port: 2222, user: line("10.0.0.5", rsa) + line("[10.0.0.5]:2222", mine) })).toEqual(["ssh-ed25519"]);
  });
});
