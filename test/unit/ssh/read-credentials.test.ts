import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { hostKeyAlgorithms } from "../../../src/main/ssh/host-key-algorithms.ts";
import { readPassphraseFile } from "../../../src/main/ssh/passphrase-file.ts";
import { openKey, readCredentials } from "../../../src/main/ssh/read-credentials.ts";
import type { SshIdentities } from "../../../src/main/ssh/ssh-config.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "bayplan-keys-"));
  mkdirSync(join(home, ".ssh"), { mode: 0o700 });
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function make(name: string, passphrase = "", type = "ed25519", format: string[] = []): string {
  const path = join(home, ".ssh", name);
  execFileSync("ssh-keygen", ["-q", "-t", type, "-N", passphrase, "-C", "", ...format, "-f", path]);
  return path;
}

function identities(change: Partial<SshIdentities>): SshIdentities {
  return { files: null, unreadable: [], only: false, agent: undefined, ...change };
}

describe("a key with a passphrase", () => {
  test.each([
    ["ed25519", []],
    ["rsa", []],
    ["ecdsa", []],
    ["rsa", ["-m", "PEM"]],
  ])("%s %j is opened with the one that is kept for it, and with no other", async (type, format) => {
    const path = make(`id_${type}`, "sesame", type, format);
    const asked: string[] = [];
    const passphraseOf = async (file: string) => {
      asked.push(file);
      return "sesame";
    };
    const found = await readCredentials(home, {}, { passphraseOf });
    expect([asked, found.skipped, found.privateKeys]).toEqual([[path], [], []]);
    expect(found.openedKeys?.map((key) => key.isPrivateKey())).toEqual([true]);
    expect(await openKey(path, readFileSync(path, "utf8"), "wrong")).toBeNull();
    const wrong = await readCredentials(home, {}, { passphraseOf: async () => "wrong" });
    expect(wrong.skipped).toMatchObject([{ path, isLocked: true }]);
  });

  test("is opened from a file that only its owner may read", async () => {
    const path = make("id_ed25519", "sesame");
    const file = join(home, "passphrase");
    const env = { BAYPLAN_SSH_KEY_PASSPHRASE_FILE: file };
    const why = async () => (await readCredentials(home, env)).skipped.map((key) => `${key.path} ${key.why}`).join();
    expect(await why()).toContain("cannot be read (ENOENT)");
    writeFileSync(file, "sesame\n");
    for (const mode of [0o644, 0o640, 0o620, 0o602]) {
      chmodSync(file, mode);
      expect(await why()).toBe(
        `${path} has a passphrase, and others may read the passphrase file ${file}: chmod 600 ${file}`,
      );
    }
    chmodSync(file, 0o600);
    expect(await why()).toBe("");
    writeFileSync(file, "another");
    expect(await why()).toBe(`${path} has another passphrase than the one in ${file}`);
  });

  test("a passphrase file: its line without the end of it, not empty, not endless", async () => {
    const file = join(home, "p");
    writeFileSync(file, " two words \r\n", { mode: 0o600 });
    expect(await readPassphraseFile(file)).toEqual({ passphrase: " two words " });
    writeFileSync(file, "\n");
    expect(await readPassphraseFile(file)).toEqual({ why: `the passphrase file ${file} is empty` });
    writeFileSync(file, "x".repeat(2_000));
    expect(await readPassphraseFile(file)).toEqual({ why: `the passphrase file ${file} is too long` });
    expect(await readPassphraseFile(home)).toHaveProperty("why");
  });
});

describe("what ssh_config says about keys", () => {
  test("its files in place of the usual ones, the named one still first", async () => {
    make("id_ed25519");
    const [work, own] = [make("work"), make("own")];
    const text = (path: string) => readFileSync(path, "utf8");
    const options = { identities: identities({ files: [work, join(home, "missing")] }) };
    expect((await readCredentials(home, { BAYPLAN_SSH_KEY: own }, options)).privateKeys).toEqual([
      text(own),
      text(work),
    ]);
  });

  test("IdentitiesOnly: of the agent only these, known by the file beside the key even when that has a passphrase", async () => {
    const locked = make("locked", "sesame");
    const blob = readFileSync(`${locked}.pub`, "utf8").split(" ")[1]?.trim();
    const found = await readCredentials(
      home,
      { SSH_AUTH_SOCK: "/agent" },
      { identities: identities({ files: [locked], only: true }) },
    );
    expect([found.agentSocket, found.agentKeys]).toEqual(["/agent", [blob]]);
  });

  test("IdentityAgent, none of it, and a line that cannot be followed", async () => {
    const read = (change: Partial<SshIdentities>) =>
      readCredentials(home, { SSH_AUTH_SOCK: "/agent" }, { identities: identities(change) });
    expect((await read({ agent: "/other" })).agentSocket).toBe("/other");
    expect((await read({ agent: null })).agentSocket).toBeNull();
    expect((await read({ files: [], unreadable: ["~/%Z"] })).skipped).toMatchObject([
      { path: "~/%Z", isLocked: false },
    ]);
  });
});

test("a server is asked first for the types of keys that are known of it", () => {
  expect(hostKeyAlgorithms([])[0]).toBe("ssh-ed25519");
  expect(hostKeyAlgorithms(["ssh-rsa"]).slice(0, 4)).toEqual([
    "rsa-sha2-512",
    "rsa-sha2-256",
    "ssh-rsa",
    "ssh-ed25519",
  ]);
  expect(hostKeyAlgorithms(["ecdsa-sha2-nistp256", "sk-ssh-ed25519@openssh.com"])[0]).toBe("ecdsa-sha2-nistp256");
  expect(new Set(hostKeyAlgorithms(["ssh-rsa"]))).toEqual(new Set(hostKeyAlgorithms([])));
});
