import { createHash } from "node:crypto";
import { AppError, type KeyPrint } from "../../shared/domain/index.ts";

/**
 * The print of a raw public key blob (RFC 4253, 6.6: a length-prefixed type name, then its numbers), as
 * `ssh-keygen -lf` shows it: SHA-256 in base64 without padding. Throws `bad-input` when the blob holds no type name.
 */
export function keyPrintOf(blob: Buffer): KeyPrint {
  const length = blob.length >= 4 ? blob.readUInt32BE(0) : 0;
  const type = blob.subarray(4, 4 + length).toString("latin1");
  if (length === 0 || type.length !== length || !/^[\x21-\x7e]{1,100}$/.test(type)) {
    throw new AppError("bad-input", "This is not a public host key.");
  }
  const hash = createHash("sha256").update(blob).digest("base64").replace(/=+$/, "");
  return { type, fingerprint: `SHA256:${hash}` };
}
