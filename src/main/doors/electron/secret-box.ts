import { safeStorage } from "electron";
import type { SecretBox } from "../../store/index.ts";

/** How long a person may take to unlock the keychain, before what is in it counts as out of reach. */
const answerLimitMs = 60_000;

/** How Chromium begins what it has only disguised on Linux, with a key that stands in its source. */
const disguised = "v10";

/**
 * The keychain of this system, through Electron. Nothing is asked of it before there is a secret to seal or to open:
 * the first question may make it ask the person to unlock it. Call it once the app is ready: before, Linux does not
 * know yet which keychain there is.
 */
export function openSecretBox(): SecretBox {
  return {
    protection: hasKeychain() ? "os" : "none",
    async encrypt(text) {
      const sealed = await inTime(seal(text));
      const isDisguised =
        process.platform === "linux" && sealed.subarray(0, disguised.length).equals(Buffer.from(disguised));
      if (isDisguised) throw new Error("The keychain of this desktop does not answer.");
      return sealed;
    },
    async decrypt(sealed) {
      const { result, shouldReEncrypt } = await inTime(safeStorage.decryptStringAsync(sealed));
      return { text: result, reseal: shouldReEncrypt };
    },
  };
}

function hasKeychain(): boolean {
  if (process.platform !== "linux") return true;
  const backend = safeStorage.getSelectedStorageBackend();
  return backend !== "basic_text" && backend !== "unknown";
}

async function seal(text: string): Promise<Buffer> {
  if (!(await safeStorage.isAsyncEncryptionAvailable())) throw new Error("The keychain is not available.");
  return safeStorage.encryptStringAsync(text);
}

async function inTime<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("The keychain has not answered for a minute.")), answerLimitMs);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
