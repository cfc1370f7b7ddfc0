import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openSecrets, type SecretBox } from "../../../src/main/store/index.ts";

let folder: string;
let said: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "bayplan-secrets-"));
  said = [];
});

afterEach(() => rm(folder, { recursive: true }));

interface Keychain extends SecretBox {
  reseal: boolean;
  locked: boolean;
}

/** A keychain of its own: really encrypts, and opens only what it sealed. */
function keychain(): Keychain {
  const key = randomBytes(32);
  const box: Keychain = {
    protection: "os",
    reseal: false,
    locked: false,
    async encrypt(text) {
      if (box.locked) throw new Error(`locked, cannot seal ${text}`);
      const iv = randomBytes(12);
      const cipher = createCipheriv("aes-256-gcm", key, iv);
      const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), sealed]);
    },
    async decrypt(sealed) {
      if (box.locked) throw new Error("locked");
      const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, 12));
      decipher.setAuthTag(sealed.subarray(12, 28));
      const text = Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]).toString("utf8");
      return { text, reseal: box.reseal };
    },
  };
  return box;
}

const open = (box: SecretBox | null) => openSecrets(folder, box, (text) => void said.push(text));
const file = () => readFile(join(folder, "secrets.json"), "utf8");

async function everything(): Promise<string> {
  const names = await readdir(folder);
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
  return [...names, ...texts, ...said].join("\n");
}

describe("with a keychain", () => {
  test("a secret is sealed on the disk, for its owner only, and read back by the next process", async () => {
    const box = keychain();
    expect(await open(box).set("device:d-1", "top secret ü")).toBe("os");
    expect((await stat(join(folder, "secrets.json"))).mode & 0o777).toBe(0o600);
    expect(await everything()).not.toContain("top secret");
    expect(await everything()).not.toContain(Buffer.from("top secret ü").toString("base64").slice(0, 12));
    expect(await open(box).get("device:d-1")).toBe("top secret ü");
    expect(await open(box).get("device:d-2")).toBeNull();
    expect(said).toEqual([]);
  });

  test("names that every object has are names like any other", async () => {
    const store = open(keychain());
    expect(await store.get("constructor")).toBeNull();
    expect(await store.get("__proto__")).toBeNull();
    await store.remove("toString");
    expect(await readdir(folder)).toEqual([]);
  });

  test("a value of another keychain counts as missing, is said once and stays", async () => {
    const mine = keychain();
    await open(mine).set("device:d-1", "top secret");
    const before = await file();
    const other = open(keychain());
    expect(await other.get("device:d-1")).toBeNull();
    expect(await other.get("device:d-1")).toBeNull();
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(/^The secret device:d-1 cannot be opened .*\n$/);
    expect(await file()).toBe(before);
    expect(await open(mine).get("device:d-1")).toBe("top secret");
  });

  test("a value is sealed anew when the keychain asks for it", async () => {
    const box = keychain();
    await open(box).set("device:d-1", "top secret");
    const before = await file();
    box.reseal = true;
    expect(await open(box).get("device:d-1")).toBe("top secret");
    expect(await file()).not.toBe(before);
    box.reseal = false;
    expect(await open(box).get("device:d-1")).toBe("top secret");
  });

  test("one that seals nothing: kept until the end, said once and without the secret, and what was there stays", async () => {
    const box = keychain();
    const store = open(box);
    await store.set("device:d-1", "old secret");
    const before = await file();
    box.locked = true;
    expect(await store.set("device:d-1", "new secret")).toBe("session");
    expect(await store.set("device:d-1", "new secret")).toBe("session");
    expect(await store.get("device:d-1")).toBe("new secret");
    expect(said).toHaveLength(1);
    expect(await everything()).not.toContain("new secret");
    expect(await file()).toBe(before);
  });

  test("a file that is no longer understood is kept aside", async () => {
    await writeFile(join(folder, "secrets.json"), '{"version":1,"sealed":{"a":"not base64!"}}');
    expect(await open(keychain()).get("a")).toBeNull();
    expect((await readdir(folder)).some((name) => name.startsWith("secrets.json.broken-"))).toBe(true);
  });
});

describe.each<[string, SecretBox | null]>([
  ["without a keychain", null],
  ["with one that protects nothing", { ...keychain(), protection: "none" }],
])("%s", (_, box) => {
  test("a secret lives in this process alone", async () => {
    const store = open(box);
    expect(await store.set("device:d-1", "top secret")).toBe("session");
    expect(await store.get("device:d-1")).toBe("top secret");
    expect(await readdir(folder)).toEqual([]);
    expect(await open(box).get("device:d-1")).toBeNull();
  });

  test("what another door sealed is left alone, unless it is to be removed", async () => {
    const mine = keychain();
    await open(mine).set("device:d-1", "top secret");
    const store = open(box);
    expect(await store.get("device:d-1")).toBeNull();
    await store.set("device:d-1", "another secret");
    expect(await open(mine).get("device:d-1")).toBe("top secret");
    await store.remove("device:d-1");
    expect(await store.get("device:d-1")).toBeNull();
    expect(await open(mine).get("device:d-1")).toBeNull();
  });
});

test.each([
  ["sealed", keychain()],
  ["of the session", null],
])("a secret %s gets another name, and is gone under the old one", async (_, box) => {
  const store = open(box);
  await store.set("device:seen-1", "top secret");
  await store.rename("device:seen-1", "device:d-1");
  await store.rename("device:none", "device:d-1");
  await store.rename("device:d-1", "device:d-1");
  expect(await store.get("device:seen-1")).toBeNull();
  expect(await store.get("device:d-1")).toBe("top secret");
  await store.remove("device:d-1");
  expect(await store.get("device:d-1")).toBeNull();
});
