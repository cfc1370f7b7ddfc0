import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { keyPrintOf, readCredentials } from "../../../src/main/ssh/index.ts";

function inFolder<T>(use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "bayplan-keys-"));
  const done = (): void => rmSync(folder, { recursive: true, force: true });
  const result = use(folder);
  if (result instanceof Promise) result.finally(done).catch(() => undefined);
  else done();
  return result;
}

function makeKey(path: string, type: string, passphrase = ""): void {
  execFileSync("ssh-keygen", ["-q", "-t", type, "-N", passphrase, "-C", "someone@somewhere", "-f", path]);
}

describe("keyPrintOf", () => {
  it.each(["ed25519", "ecdsa", "rsa"])("gives what ssh-keygen gives for %s", (type) => {
    inFolder((folder) => {
      const path = join(folder, "key");
      makeKey(path, type);
      const [name = "", base64 = ""] = readFileSync(`${path}.pub`, "utf8").split(" ");
      const listed = execFileSync("ssh-keygen", ["-lf", `${path}.pub`], { encoding: "utf8" }).split(" ")[1];
      expect(keyPrintOf(Buffer.from(base64, "base64"))).toEqual({ type: name, fingerprint: listed });
    });
  });

  it("refuses what is no key", () => {
    for (const blob of [Buffer.alloc(0), Buffer.from([0, 0, 0, 9, 65]), Buffer.from([0, 0, 0, 1, 10, 1])]) {
      expect(() => keyPrintOf(blob)).toThrow("not a public host key");
    }
  });
});

describe("readCredentials", () => {
  it("finds the usual keys in order, the named one before them, and says why it skips one", () =>
    inFolder(async (folder) => {
      execFileSync("mkdir", [join(folder, ".ssh")]);
      const ssh = join(folder, ".ssh");
      makeKey(join(ssh, "id_ed25519"), "ed25519", "secret");
      makeKey(join(ssh, "id_ecdsa"), "ecdsa");
      writeFileSync(join(ssh, "id_rsa"), "this is not a key");
      makeKey(join(folder, "named"), "ed25519");
      const found = await readCredentials(folder, { BAYPLAN_SSH_KEY: join(folder, "named"), SSH_AUTH_SOCK: "/agent" });
      const text = (path: string): string => readFileSync(path, "utf8");
      expect(found.privateKeys).toEqual([text(join(folder, "named")), text(join(ssh, "id_ecdsa"))]);
      expect(found.agentSocket).toBe("/agent");
      expect(found.skipped).toEqual([
        {
          path: join(ssh, "id_ed25519"),
          why: "has a passphrase: give it to Bayplan, or add the key to the SSH agent with ssh-add",
          isLocked: true,
        },
        { path: join(ssh, "id_rsa"), why: "is not a private key", isLocked: false },
      ]);
    }));

  it("finds nothing without complaint where there is nothing, and complains of a named key that is not there", () =>
    inFolder(async (folder) => {
      expect(await readCredentials(folder, {})).toEqual({
        privateKeys: [],
        agentSocket: null,
        password: null,
        skipped: [],
      });
      const missing = join(folder, "nope");
      expect((await readCredentials(folder, { BAYPLAN_SSH_KEY: missing })).skipped).toEqual([
        { path: missing, why: "there is no such file", isLocked: false },
      ]);
    }));
});
