import { createHmac, randomBytes } from "node:crypto";
import { patternMatches } from "../name-pattern.ts";

/** One line of a known_hosts file (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). */
export interface KnownHostsEntry {
  marker: "revoked" | "cert-authority" | null;
  /** Host patterns, comma-separated, or one hashed name. */
  hosts: string;
  type: string;
  blobBase64: string;
}

const DEFAULT_PORT = 22;

/** The name under which a known_hosts file knows a server: bare for port 22, else `[host]:port`. */
export function knownHostsName(host: string, port: number): string {
  const name = host.toLowerCase();
  return port === DEFAULT_PORT ? name : `[${name}]:${port}`;
}

/** The lines that can be read; comments, blank and unreadable lines are passed over, as OpenSSH does. */
export function parseKnownHosts(text: string): KnownHostsEntry[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const entry = parseLine(line);
    return entry === null ? [] : [entry];
  });
}

/** One line for one server, without the newline. */
export function formatKnownHostsLine(name: string, key: { type: string; blobBase64: string }): string {
  return `${name} ${key.type} ${key.blobBase64}`;
}

/** The name as `ssh-keygen -H` hides it: nobody who reads the file learns which hosts somebody knows. */
export function hashName(name: string): string {
  const salt = randomBytes(20);
  const hash = createHmac("sha1", salt).update(name.toLowerCase()).digest("base64");
  return `|1|${salt.toString("base64")}|${hash}`;
}

/** Null for what is no entry: comments, blank lines, lines that OpenSSH could not read either. */
export function parseLine(line: string): KnownHostsEntry | null {
  const trimmed = line.trim();
  if (trimmed === "" || trimmed.startsWith("#")) return null;
  const words = trimmed.split(/[ \t]+/);
  const marker = words[0]?.startsWith("@") === true ? words.shift() : undefined;
  const [hosts, type, blobBase64] = words;
  if (hosts === undefined || type === undefined || blobBase64 === undefined) return null;
  if (!isKeyOfType(blobBase64, type)) return null;
  switch (marker) {
    case undefined:
      return { marker: null, hosts, type, blobBase64 };
    case "@revoked":
      return { marker: "revoked", hosts, type, blobBase64 };
    case "@cert-authority":
      return { marker: "cert-authority", hosts, type, blobBase64 };
    default:
      return null;
  }
}

/** A key blob begins with the name of its type, with its length before it (RFC 4253, 6.6). */
function isKeyOfType(blobBase64: string, type: string): boolean {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(blobBase64)) return false;
  const blob = Buffer.from(blobBase64, "base64");
  return (
    blob.length > 4 && blob.readUInt32BE(0) === type.length && blob.toString("latin1", 4, 4 + type.length) === type
  );
}

/** True when an entry speaks of the server of that name; a `!pattern` that matches takes the whole line out. */
export function entryMatches(entry: KnownHostsEntry, name: string): boolean {
  const wanted = name.toLowerCase();
  if (entry.hosts.startsWith("|")) return hashMatches(entry.hosts, wanted);
  let matches = false;
  for (const pattern of entry.hosts.toLowerCase().split(",")) {
    if (pattern.startsWith("!")) {
      if (patternMatches(pattern.slice(1), wanted)) return false;
    } else if (patternMatches(pattern, wanted)) {
      matches = true;
    }
  }
  return matches;
}

/** `|1|salt|hash`: HMAC-SHA1 of the name with the salt as its key, both in base64 (ssh-keygen -H). */
function hashMatches(hosts: string, name: string): boolean {
  const [, version, salt, hash] = hosts.split("|");
  if (version !== "1" || salt === undefined || hash === undefined) return false;
  return createHmac("sha1", Buffer.from(salt, "base64")).update(name).digest("base64") === hash;
}
