import { createHash } from "node:crypto";
import type { KeyPrint } from "../../../shared/domain/index.ts";
import { entryMatches, type KnownHostsEntry, knownHostsName } from "./known-hosts-line.ts";

/** `moved-in`: the key is another known device's, so the address is that one's now and this device is elsewhere. */
export type KeyVerdict =
  | { trust: "pinned"; pinned: KeyPrint }
  /** `certified`: known_hosts believes a certificate authority about this host, which Bayplan does not ask. */
  | { trust: "new"; certified?: true }
  | { trust: "changed"; pinned: KeyPrint }
  | { trust: "revoked" }
  | { trust: "moved-in" };

export interface KeyQuestion {
  host: string;
  port: number;
  /** The name in the person's files, when it is another one: HostKeyAlias or HostName of ssh_config. */
  nameForUser?: string;
  offered: KeyPrint & { blobBase64: string };
  /** The key of the device that we mean to reach; null when it is not known yet. */
  pinOfThisDevice: KeyPrint | null;
  /** Fingerprints of the other devices we know. */
  pinsOfOthers: ReadonlySet<string>;
  /** Bayplan's own file. */
  ownEntries: readonly KnownHostsEntry[];
  /** The person's own files, read only. */
  userEntries: readonly KnownHostsEntry[];
}

/**
 * Whether a host key may be believed. A device is its key, not its address: a known key is the same device wherever it
 * turns up, and an address counts only while nothing better is known. A key of a type that was not pinned beside one
 * that was is `changed`: whoever cannot show the known key could otherwise show another type.
 */
export function judgeHostKey(question: KeyQuestion): KeyVerdict {
  const { offered, pinOfThisDevice, pinsOfOthers, ownEntries, userEntries } = question;
  const name = knownHostsName(question.host, question.port);
  const nameForUser = question.nameForUser ?? name;
  const isOffered = (entry: KnownHostsEntry) => entry.blobBase64 === offered.blobBase64;
  const isRevoked = (inFile: string) => (entry: KnownHostsEntry) =>
    entry.marker === "revoked" && isOffered(entry) && entryMatches(entry, inFile);
  const revoked = ownEntries.some(isRevoked(name)) || userEntries.some(isRevoked(nameForUser));
  if (revoked) return { trust: "revoked" };
  if (pinOfThisDevice !== null) {
    if (pinOfThisDevice.fingerprint === offered.fingerprint) return { trust: "pinned", pinned: pinOfThisDevice };
    return pinsOfOthers.has(offered.fingerprint)
      ? { trust: "moved-in" }
      : { trust: "changed", pinned: pinOfThisDevice };
  }
  if (pinsOfOthers.has(offered.fingerprint)) return { trust: "pinned", pinned: printOf(offered) };

  // The line of a device that we know by its key says nothing about whoever has its old address now.
  const own = ownEntries.filter((entry) => !pinsOfOthers.has(fingerprintOf(entry.blobBase64)));
  const entries = [...matching(own, name), ...matching(userEntries, nameForUser)];
  if (entries.some(isOffered)) return { trust: "pinned", pinned: printOf(offered) };
  const known = entries.find((entry) => entry.type === offered.type) ?? entries[0];
  if (known !== undefined) {
    return { trust: "changed", pinned: { type: known.type, fingerprint: fingerprintOf(known.blobBase64) } };
  }
  // As ssh(1) does: the same machine's key under its bare name is good on another port, but a different one says nothing.
  const bare = question.nameForUser === undefined ? matching(userEntries, question.host) : [];
  if (bare.some(isOffered)) return { trust: "pinned", pinned: printOf(offered) };
  const certified = userEntries.some((entry) => entry.marker === "cert-authority" && entryMatches(entry, nameForUser));
  return certified ? { trust: "new", certified } : { trust: "new" };
}

/**
 * The types of the keys that are known of a server: it shows one key only, and should be asked for one of these. The key
 * of the device that we mean to reach comes before anything else.
 */
export function knownKeyTypes(question: Omit<KeyQuestion, "offered" | "pinsOfOthers">): string[] {
  if (question.pinOfThisDevice !== null) return [question.pinOfThisDevice.type];
  const name = knownHostsName(question.host, question.port);
  const { ownEntries, userEntries, nameForUser = name } = question;
  const entries = [...matching(ownEntries, name), ...matching(userEntries, nameForUser)];
  const bare = nameForUser === name ? matching(userEntries, question.host) : [];
  return [...new Set((entries.length > 0 ? entries : bare).map((entry) => entry.type))];
}

function matching(entries: readonly KnownHostsEntry[], name: string): KnownHostsEntry[] {
  return entries.filter((entry) => entry.marker === null && entryMatches(entry, name));
}

function printOf(key: KeyPrint): KeyPrint {
  return { type: key.type, fingerprint: key.fingerprint };
}

/** As `ssh-keygen -lf` prints it: SHA-256 of the blob, base64 without padding. */
export function fingerprintOf(blobBase64: string): string {
  const hash = createHash("sha256").update(Buffer.from(blobBase64, "base64")).digest("base64");
  return `SHA256:${hash.replace(/=+$/, "")}`;
}
