import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type Electron from "electron";
import { app } from "./app.ts";

type Backend = ReturnType<Electron.SafeStorage["getSelectedStorageBackend"]>;

/** How Chromium begins what a key of the keychain has sealed on Linux. */
const sealedMark = Buffer.from("v11");

/** The keychain: a key of its own in the folder of the user, which the app never looks into. It outlives the app. */
function keychainKey(): Buffer {
  const file = join(app.getPath(), "keychain");
  if (!existsSync(file)) writeFileSync(file, randomBytes(32), { mode: 0o600 });
  return readFileSync(file);
}

/** `safeStorage` over AES-256-GCM. BAYPLAN_STAND_IN_KEYCHAIN names the backend, for a desktop without a keychain. */
export const safeStorage = {
  getSelectedStorageBackend: (): Backend =>
    process.env.BAYPLAN_STAND_IN_KEYCHAIN === "basic_text" ? "basic_text" : "gnome_libsecret",
  isAsyncEncryptionAvailable: async () => true,
  async encryptStringAsync(plainText) {
    const iv = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", keychainKey(), iv);
    const sealed = Buffer.concat([cipher.update(plainText, "utf8"), cipher.final()]);
    return Buffer.concat([sealedMark, iv, cipher.getAuthTag(), sealed]);
  },
  async decryptStringAsync(encrypted) {
    const body = encrypted.subarray(sealedMark.length);
    const decipher = createDecipheriv("aes-256-gcm", keychainKey(), body.subarray(0, 12));
    decipher.setAuthTag(body.subarray(12, 28));
    const result = Buffer.concat([decipher.update(body.subarray(28)), decipher.final()]).toString("utf8");
    return { result, shouldReEncrypt: false };
  },
} satisfies Pick<
  Electron.SafeStorage,
  "getSelectedStorageBackend" | "isAsyncEncryptionAvailable" | "encryptStringAsync" | "decryptStringAsync"
>;
