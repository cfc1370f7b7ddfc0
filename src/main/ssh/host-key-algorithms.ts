import type { ServerHostKeyAlgorithm } from "ssh2";

/** What is taken of a server, best first; an RSA key has several signature algorithms (RFC 8332). */
const algorithms: readonly { name: ServerHostKeyAlgorithm; keyType: string }[] = [
  { name: "ssh-ed25519", keyType: "ssh-ed25519" },
  { name: "ecdsa-sha2-nistp256", keyType: "ecdsa-sha2-nistp256" },
  { name: "ecdsa-sha2-nistp384", keyType: "ecdsa-sha2-nistp384" },
  { name: "ecdsa-sha2-nistp521", keyType: "ecdsa-sha2-nistp521" },
  { name: "rsa-sha2-512", keyType: "ssh-rsa" },
  { name: "rsa-sha2-256", keyType: "ssh-rsa" },
  { name: "ssh-rsa", keyType: "ssh-rsa" },
];

/**
 * The algorithms to ask a server for, those of key types that are known of it first, as ssh does: it shows one key only,
 * and another one than the known one would look like a change.
 */
export function hostKeyAlgorithms(knownTypes: readonly string[]): ServerHostKeyAlgorithm[] {
  const known = algorithms.filter(({ keyType }) => knownTypes.includes(keyType));
  const others = algorithms.filter(({ keyType }) => !knownTypes.includes(keyType));
  return [...known, ...others].map(({ name }) => name);
}
